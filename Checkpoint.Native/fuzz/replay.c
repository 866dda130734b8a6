/* Runs the fuzzers' target once on each file that is named: for coverage, and for what a fuzzer has found. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return -1;
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    int result = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size ? 0 : -1;
    fclose(file);
    if (result == 0)
        LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return result;
}

int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        if (replay(paths[i]) != 0) {
            perror(paths[i]);
            return 1;
        }
    }
    printf("%d inputs\n", count - 1);
    return 0;
}
