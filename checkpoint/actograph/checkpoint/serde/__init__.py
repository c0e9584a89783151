"""How values become bytes and come back as what they were: the typed codec, its registry of types, and the serializers over them."""
