/* Makes every fsync and fdatasync take SLOW_SYNC_US microseconds longer, for disks slower than the one at hand.
 * Loaded by benchmarks/slow-sync into both brokers alike. Threads wait side by side, as a disk that merges flushes
 * lets them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int);

static int delayed(const char *name, int file) {
    const char *text = getenv("SLOW_SYNC_US");
    long micros = text ? atol(text) : 0;
    struct timespec pause = {micros / 1000000, micros % 1000000 * 1000};
    sync_call next = (sync_call)dlsym(RTLD_NEXT, name);
    nanosleep(&pause, NULL);
    return next(file);
}

int fsync(int file) { return delayed("fsync", file); }

int fdatasync(int file) { return delayed("fdatasync", file); }
