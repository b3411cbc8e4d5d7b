/* Preloaded into the program under test: makes the disk below the spool fail while the file that ORMA_TEST_FAULT names
 * exists. Its content says how: "fsync" refuses flushes with EIO, "full" refuses writes with ENOSPC. Everything
 * else, and every other file, reaches the real system. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int wanted(const char *fault, int fd) {
    const char *trigger = getenv("ORMA_TEST_FAULT");
    if (!trigger) return 0;
    char content[16] = {0}, link[64], path[4096];
    int file = syscall(SYS_openat, AT_FDCWD, trigger, O_RDONLY);
    if (file < 0) return 0;
    ssize_t length = syscall(SYS_read, file, content, sizeof content - 1);
    syscall(SYS_close, file);
    if (length <= 0 || strncmp(content, fault, strlen(fault)) != 0) return 0;
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
    return syscall(SYS_write, fd, bytes, length);
}
