#!/usr/bin/env python3
"""Creates, writes, reads and lists sections from Python: ctypes on libSaCkpt.so.1, the standard library and nothing else.

usage: ctypes_checkpoint.py [NAME]     (safCkpt=tracked)
"""
import ctypes
import sys
import time
from ctypes import POINTER, Structure, byref, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p

OK, TIMEOUT, TRY_AGAIN, NO_SECTIONS, EXIST = 1, 5, 6, 27, 14
READ, WRITE, CREATE = 1, 2, 4
WR_ALL_REPLICAS = 1
SECTIONS_ANY = 5
SECOND = 1_000_000_000
TIME_END = 0x7FFFFFFFFFFFFFFF


class Name(Structure):
    _fields_ = [("length", c_uint16), ("value", c_uint8 * 256)]


class Version(Structure):
    _fields_ = [("release", c_uint8), ("major", c_uint8), ("minor", c_uint8)]


class CreationAttributes(Structure):
    _fields_ = [
        ("creation_flags", c_uint32),
        ("checkpoint_size", c_uint64),
        ("retention_duration", c_int64),
        ("max_sections", c_uint32),
        ("max_section_size", c_uint64),
        ("max_section_id_size", c_uint64),
    ]


class SectionId(Structure):
    _fields_ = [("length", c_uint16), ("id", c_void_p)]


class SectionCreationAttributes(Structure):
    _fields_ = [("section_id", POINTER(SectionId)), ("expiration_time", c_int64)]


class SectionDescriptor(Structure):
    _fields_ = [
        ("section_id", SectionId),
        ("expiration_time", c_int64),
        ("size", c_uint64),
        ("state", c_int32),
        ("last_update", c_int64),
    ]


class Element(Structure):
    _fields_ = [
        ("section_id", SectionId),
        ("buffer", c_void_p),
        ("size", c_uint64),
        ("offset", c_uint64),
        ("read_size", c_uint64),
    ]


library = ctypes.CDLL("libSaCkpt.so.1")
# Without these, ctypes would pass 64-bit handles, times and sizes as 32-bit integers.
library.saCkptInitialize.argtypes = [POINTER(c_uint64), c_void_p, POINTER(Version)]
library.saCkptFinalize.argtypes = [c_uint64]
library.saCkptCheckpointOpen.argtypes = [
    c_uint64, POINTER(Name), POINTER(CreationAttributes), c_uint32, c_int64, POINTER(c_uint64)]
library.saCkptSectionCreate.argtypes = [c_uint64, POINTER(SectionCreationAttributes), c_void_p, c_uint64]
library.saCkptCheckpointWrite.argtypes = [c_uint64, POINTER(Element), c_uint32, POINTER(c_uint32)]
library.saCkptCheckpointRead.argtypes = [c_uint64, POINTER(Element), c_uint32, POINTER(c_uint32)]
library.saCkptIOVectorElementDataFree.argtypes = [c_uint64, c_void_p]
library.saCkptSectionIterationInitialize.argtypes = [c_uint64, c_int32, c_int64, POINTER(c_uint64)]
library.saCkptSectionIterationNext.argtypes = [c_uint64, POINTER(SectionDescriptor)]
library.saCkptSectionIterationFinalize.argtypes = [c_uint64]


def call(function, *arguments, but=OK):
    """Calls until the answer is no passing one; anything but OK and `but` is an error. Gives the answer."""
    until = time.monotonic() + 60
    while True:
        answer = function(*arguments)
        if answer not in (TRY_AGAIN, TIMEOUT) or time.monotonic() > until:
            break
        time.sleep(0.02)
    if answer not in (OK, but):
        raise RuntimeError(f"{function.__name__}: error {answer}")
    return answer


def section_id(text):
    data = ctypes.create_string_buffer(text.encode())
    found = SectionId(len(data) - 1, ctypes.cast(data, c_void_p))
    found.data = data  # Kept as long as the id.
    return found


def initialize():
    handle = c_uint64()
    call(library.saCkptInitialize, byref(handle), None, byref(Version(ord("B"), 2, 2)))
    return handle


def open_checkpoint(handle, text):
    name = Name(len(text), (c_uint8 * 256)(*text.encode()))
    # The same as in track.c: whoever opens an existing checkpoint has to name the attributes that it was created with.
    attributes = CreationAttributes(WR_ALL_REPLICAS, 64 * 1024, 60 * SECOND, 16, 4096, 32)
    checkpoint = c_uint64()
    call(library.saCkptCheckpointOpen, handle, byref(name), byref(attributes), READ | WRITE | CREATE, 10 * SECOND, byref(checkpoint))
    return checkpoint


def write(checkpoint, section, text):
    creation = SectionCreationAttributes(ctypes.pointer(section), TIME_END)
    call(library.saCkptSectionCreate, checkpoint, byref(creation), None, 0, but=EXIST)
    data = ctypes.create_string_buffer(text.encode(), len(text.encode()))
    element = Element(section, ctypes.cast(data, c_void_p), len(data), 0, 0)
    call(library.saCkptCheckpointWrite, checkpoint, byref(element), 1, None)


def read(checkpoint, section):
    element = Element(section_id=section)  # No buffer: the library allocates one.
    call(library.saCkptCheckpointRead, checkpoint, byref(element), 1, None)
    text = ctypes.string_at(element.buffer, element.read_size).decode() if element.buffer else ""
    if element.buffer:
        call(library.saCkptIOVectorElementDataFree, checkpoint, element.buffer)
    return text


def sections(checkpoint):
    iteration = c_uint64()
    call(library.saCkptSectionIterationInitialize, checkpoint, SECTIONS_ANY, 0, byref(iteration))
    descriptor = SectionDescriptor()
    while call(library.saCkptSectionIterationNext, iteration, byref(descriptor), but=NO_SECTIONS) == OK:
        # The id is the library's until the next call: copied here.
        yield ctypes.string_at(descriptor.section_id.id, descriptor.section_id.length).decode(), descriptor.size
    call(library.saCkptSectionIterationFinalize, iteration)


def main():
    handle = initialize()
    checkpoint = open_checkpoint(handle, sys.argv[1] if len(sys.argv) > 1 else "safCkpt=tracked")
    for number, text in enumerate(["one", "two and a half", "three"], 1):
        write(checkpoint, section_id(f"section{number}"), text)
    for name, size in sections(checkpoint):
        print(f"{name}: {size} bytes: {read(checkpoint, section_id(name))}")
    call(library.saCkptFinalize, handle)


if __name__ == "__main__":
    main()
