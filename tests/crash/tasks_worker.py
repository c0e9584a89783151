"""A process that a test kills: a workflow of tasks on a SQLite file, each of which leaves a line behind."""

from __future__ import annotations

import sys
import time

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.func import entrypoint, task


def main(database: str, effects: str, calls: int, durability: str) -> None:
    """Go on with the thread, or begin it, and print the result."""

    @task
    def step(number: int) -> int:
        with open(effects, "a", encoding="utf-8") as file:
            file.write(f"{number}\n")
        return number * 10

    with SqliteSaver.from_conn_string(database) as saver:

        @entrypoint(checkpointer=saver)
        def flow(count: int) -> list[int]:
            results = []
            for number in range(count):
                results.append(step(number).result())
                with open(f"{effects}.seen", "a", encoding="utf-8") as file:
                    file.write(f"{number}\n")
                time.sleep(0.002)
            return results

        config = {"configurable": {"thread_id": "the thread"}}
        begun = flow.get_state(config).created_at is not None
        print(flow.invoke(None if begun else calls, config, durability=durability))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
