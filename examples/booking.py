"""A booking: questions to the customer with validation, an approval by the manager, payment with retries, and undoing when it fails.

Each question pauses the run; in between the process could end. The answers come here from a list, as a web form would send them.
"""

from __future__ import annotations

import operator
from datetime import date
from typing import Annotated, Any, Literal, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, RetryPolicy, interrupt

ROOMS = {"single": 80, "double": 120, "suite": 400}


class State(TypedDict, total=False):
    room: str
    arrival: str
    nights: int
    price: int
    approved: bool
    log: Annotated[list[str], operator.add]
    status: str


class PaymentDown(Exception):
    """The payment service does not answer."""


attempts: dict[str, int] = {}


def ask(question: str, check: Any) -> Any:
    """Ask until the answer is valid. Each try is a pause of its own; earlier answers are remembered when the node runs again."""
    problem = None
    while True:
        answer = interrupt({"question": question} if problem is None else {"question": question, "problem": problem})
        try:
            return check(answer)
        except (ValueError, KeyError) as error:
            problem = f"{answer!r} will not do ({type(error).__name__})"


def nights(answer: Any) -> int:
    count = int(answer)
    if not 1 <= count <= 14:
        raise ValueError("between 1 and 14")
    return count


def details(state: State) -> State:
    room = ask("Which room?", lambda answer: (ROOMS[answer], answer)[1])
    arrival = ask("When do you arrive?", lambda answer: date.fromisoformat(answer).isoformat())
    count = ask("How many nights?", nights)
    return {"room": room, "arrival": arrival, "nights": count, "price": ROOMS[room] * count, "log": ["details"]}


def needs_approval(state: State) -> Literal["approval", "pay"]:
    return "approval" if state["price"] > 1000 else "pay"


def approval(state: State) -> Command[Literal["pay", "details", "__end__"]]:
    answer = interrupt({"approve": f"{state['room']} for {state['nights']} nights, {state['price']} euros"})
    if answer == "yes":
        return Command(goto="pay", update={"approved": True, "log": ["approved"]})
    if answer == "change":
        return Command(goto="details", update={"log": ["sent back"]})
    return Command(goto=END, update={"approved": False, "status": "refused", "log": ["refused"]})


def pay(state: State) -> State:
    """The service is down twice; the retry policy of the node sees to it."""
    count = attempts[state["room"]] = attempts.get(state["room"], 0) + 1
    if count < 3:
        raise PaymentDown
    return {"status": "booked", "log": [f"paid {state['price']} at attempt {count}"]}


builder = StateGraph(State)
builder.add_node(details)
builder.add_node(approval)
builder.add_node("pay", pay, retry_policy=RetryPolicy(initial_interval=0.01, max_attempts=3, retry_on=PaymentDown))
builder.add_edge(START, "details")
builder.add_conditional_edges("details", needs_approval)
builder.add_edge("pay", END)
graph = builder.compile(checkpointer=InMemorySaver())


def book(customer: str, answers: list[str]) -> None:
    """One booking, answer by answer."""
    config = {"configurable": {"thread_id": customer}}
    print(customer)
    result = graph.invoke({"log": []}, config)
    for answer in answers:
        print(f"  {result['__interrupt__'][0].value} <- {answer!r}")
        result = graph.invoke(Command(resume=answer), config)
    print(f"  {result['status']}: {', '.join(result['log'])}")
    assert not graph.get_state(config).next


if __name__ == "__main__":
    book("Ada", ["penthouse", "double", "tomorrow", "2026-03-14", "99", "2"])
    book("Bob", ["suite", "2026-05-01", "7", "change", "suite", "2026-05-01", "3", "yes"])
    book("Eve", ["suite", "2026-12-24", "14", "no"])
