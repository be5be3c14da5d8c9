"""Builds WebAssembly binaries piece by piece, for tests of files that no compiler would make."""

I32, I64, F32, F64, V128, FUNCREF, EXNREF = 0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x70, 0x69
END = b"\x0b"


def leb(number):
    """Unsigned LEB128."""
    encoded = bytearray()
    while True:
        byte, number = number & 0x7F, number >> 7
        encoded.append(byte | (0x80 if number else 0))
        if not number:
            return bytes(encoded)


def signed(number):
    """Signed LEB128."""
    encoded = bytearray()
    while True:
        byte, number = number & 0x7F, number >> 7
        if number == (-1 if byte & 0x40 else 0):
            encoded.append(byte)
            return bytes(encoded)
        encoded.append(byte | 0x80)


def section(number, contents):
    return bytes([number]) + leb(len(contents)) + contents


def vector(elements):
    return leb(len(elements)) + b"".join(elements)


def name(text):
    text = text if isinstance(text, bytes) else text.encode()
    return leb(len(text)) + text


def function_type(parameters, results):
    return b"\x60" + leb(len(parameters)) + bytes(parameters) + leb(len(results)) + bytes(results)


def body(code, local_runs=()):
    """A function body; `local_runs` are pairs of a count and a type."""
    contents = vector([leb(count) + bytes([kind]) for count, kind in local_runs]) + code + END
    return leb(len(contents)) + contents


def i32_const(value):
    return b"\x41" + signed(value - (1 << 32) if value >= 1 << 31 else value)


def limits(minimum, maximum=None, flags=0):
    return bytes([flags | (maximum is not None)]) + leb(minimum) + (b"" if maximum is None else leb(maximum))


# Keyword of module(), number of the section; in the order in which they must stand.
SECTIONS = (("types", 1), ("imports", 2), ("functions", 3), ("tables", 4), ("memories", 5), ("tags", 13),
            ("globals_", 6), ("exports", 7), ("elements", 9), ("codes", 10), ("data", 11))


def module(**contents):
    """A module of the encoded elements of its sections. `functions` are type indices, `exports` triples of a
    name, a kind and an index."""
    binary = b"\0asm\1\0\0\0"
    for keyword, number in SECTIONS:
        elements = contents.get(keyword)
        if not elements:
            continue
        if keyword == "functions":
            elements = [leb(index) for index in elements]
        if keyword == "exports":
            elements = [name(text) + bytes([kind]) + leb(index) for text, kind, index in elements]
        binary += section(number, vector(elements))
    return binary


def write(path, binary):
    with open(path, "wb") as file:
        file.write(binary)
