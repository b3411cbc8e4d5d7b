/* Preloaded into the program under test: makes the disk below the spool fail while the file that ORMA_TEST_FAULT names
 * exists. Its content says how: "fsync" refuses flushes with EIO, "full" refuses writes with ENOSPC, "short" writes half
 * of what it is given, "create" refuses new files with ENOSPC, "rename" refuses renames with EIO. Of the engine's disk
 * "refuse" refuses to be forced, and "hang" hangs as long as the file says so. Everything else, and every other file,
 * reaches the real system. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int asked_for(const char *fault) {
    const char *trigger = getenv("ORMA_TEST_FAULT");
    if (!trigger) return 0;
    char content[16] = {0};
    int file = syscall(SYS_openat, AT_FDCWD, trigger, O_RDONLY);
    if (file < 0) return 0;
    ssize_t length = syscall(SYS_read, file, content, sizeof content - 1);
    syscall(SYS_close, file);
    return length > 0 && strncmp(content, fault, strlen(fault)) == 0;
}

static int wanted(const char *fault, int fd) {
    char link[64], path[4096];
    if (!asked_for(fault)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t end = readlink(link, path, sizeof path - 1);
    if (end <= 0) return 0;
    path[end] = 0;
    return strstr(path, "/spool") != NULL;
}

int fdatasync(int fd) {
    if (wanted("fsync", fd)) { errno = EIO; return -1; }
    return syscall(SYS_fdatasync, fd);
}

int fsync(int fd) {
    if (wanted("fsync", fd)) { errno = EIO; return -1; }
    return syscall(SYS_fsync, fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (length > 0 && wanted("full", fd)) { errno = ENOSPC; return -1; }
    if (length > 1 && wanted("short", fd)) length /= 2;
    return syscall(SYS_write, fd, bytes, length);
}

static int is_engine_directory(const char *path, int flags) {
    static const char ending[] = "/engine/store";
    size_t length = strlen(path), end = sizeof ending - 1;
    return length > end && !strcmp(path + length - end, ending) && !(flags & (O_ACCMODE | O_CREAT));
}

static int open_with(const char *path, int flags, mode_t mode) {
    if (is_engine_directory(path, flags)) {
        if (asked_for("refuse")) { errno = EIO; return -1; }
        while (asked_for("hang")) usleep(10000);
    }
    if ((flags & O_CREAT) && strstr(path, "/spool/") && asked_for("create")) { errno = ENOSPC; return -1; }
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return open_with(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return open_with(path, flags, mode);
}

int rename(const char *from, const char *to) {
    if (strstr(from, "/spool/") && asked_for("rename")) { errno = EIO; return -1; }
    return syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}
