/* A script binds to the library by name, as those of the OpenSAF world do (ais-ckpt 5.13, ABI-07). */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit.h"

static const char script[] =
    "import sys\n"
    "from ctypes import *\n"
    "lib = CDLL(sys.argv[1])\n"
    "text = sys.argv[2].encode()\n"
    "class Name(Structure): _fields_ = [('length', c_uint16), ('value', c_char * 256)]\n"
    "class Version(Structure): _fields_ = [('release', c_uint8), ('major', c_uint8), ('minor', c_uint8)]\n"
    "class Attributes(Structure): _fields_ = [('flags', c_uint32), ('size', c_uint64), ('retention', c_int64),\n"
    "    ('sections', c_uint32), ('section_size', c_uint64), ('id_size', c_uint64)]\n"
    "class Id(Structure): _fields_ = [('length', c_uint16), ('id', c_char_p)]\n"
    "class Creation(Structure): _fields_ = [('id', POINTER(Id)), ('expiration', c_int64)]\n"
    "class Element(Structure): _fields_ = [('id', Id), ('buffer', c_void_p), ('size', c_uint64), ('offset', c_uint64), ('read', c_uint64)]\n"
    "def ok(what, code):\n"
    "    if code != 1: sys.exit('%s answered %d' % (what, code))\n"
    "handle, h = c_uint64(), c_uint64()\n"
    "version = Version(ord('B'), 2, 2)\n"
    "ok('Initialize', lib.saCkptInitialize(byref(handle), None, byref(version)))\n"
    "if (version.major, version.minor) != (2, 3): sys.exit('version B.%d.%d' % (version.major, version.minor))\n"
    "name = Name(len(text), text)\n"
    "attributes = Attributes(1, 8192, 60 * 10**9, 8, 1024, 32)\n"
    "ok('Open', lib.saCkptCheckpointOpen(handle, byref(name), byref(attributes), c_uint32(7), c_int64(10**10), byref(h)))\n"
    "section = Id(1, b's')\n"
    "ok('SectionCreate', lib.saCkptSectionCreate(h, byref(Creation(pointer(section), 2**63 - 1)), b'hello', c_uint64(5)))\n"
    "element = Element(section, cast(c_char_p(b'J'), c_void_p), 1, 0, 0)\n"
    "ok('Write', lib.saCkptCheckpointWrite(h, byref(element), c_uint32(1), None))\n"
    "element = Element(section, None, 0, 0, 0)\n"
    "ok('Read', lib.saCkptCheckpointRead(h, byref(element), c_uint32(1), None))\n"
    "if string_at(element.buffer, element.read) != b'Jello': sys.exit('read %r' % string_at(element.buffer, element.read))\n"
    "ok('DataFree', lib.saCkptIOVectorElementDataFree(h, c_void_p(element.buffer)))\n"
    "ok('Unlink', lib.saCkptCheckpointUnlink(handle, byref(name)))\n"
    "ok('Close', lib.saCkptCheckpointClose(h))\n"
    "ok('Finalize', lib.saCkptFinalize(handle))\n"
    "print('done')\n";

/* Present only in a build with AddressSanitizer; what python loads must not need it. */
extern void __asan_init(void) __attribute__((weak));

KIT_CASE(ABI_07, "ABI-07", KIT_S | KIT_B2, "a ctypes script that loads the library works") {
    if (__asan_init != NULL)
        kit_not_applicable("an instrumented library cannot be loaded by python");
    const SaNameT *name = kit_name();
    int output[2];
    if (pipe(output) != 0)
        kit_error("pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        dup2(output[1], 1);
        dup2(output[1], 2);
        close(output[0]);
        close(output[1]);
        execlp("python3", "python3", "-c", script, kit_vendor_path(), kit_name_text(name), (char *)NULL);
        _exit(127);
    }
    close(output[1]);
    char said[1000];
    size_t length = 0;
    for (ssize_t got; length < sizeof said - 1 && (got = read(output[0], said + length, sizeof said - 1 - length)) > 0;)
        length += (size_t)got;
    said[length] = '\0';
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        kit_not_applicable("there is no python3 here");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || strcmp(said, "done\n") != 0)
        kit_fail("the script ends with \"done\"", "status %d, it said: %s", status, said);
}
