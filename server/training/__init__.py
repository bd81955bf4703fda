"""A centre to practise on, from which nothing can sound: no key, no line to a broker, a database of its own."""
