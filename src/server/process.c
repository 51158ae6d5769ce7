/* Reads the process's own figures from descriptors that were opened early. */
#include "server/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock; /* of the folder's position */
    DIR *fds;
    int statm;
    double started;
} self = {.lock = PTHREAD_MUTEX_INITIALIZER, .statm = -1};

void process_open(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_REALTIME, &t);
    self.started = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    self.fds = opendir("/proc/self/fd");
    self.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

void process_close(void)
{
    if (self.fds)
        closedir(self.fds);
    if (self.statm >= 0)
        close(self.statm);
    self.fds = NULL;
    self.statm = -1;
}

static uint64_t count_fds(void)
{
    uint64_t n = 0;

    if (!self.fds)
        return 0;
    pthread_mutex_lock(&self.lock);
    rewinddir(self.fds);
    for (const struct dirent *e; (e = readdir(self.fds));)
        n += e->d_name[0] != '.';
    pthread_mutex_unlock(&self.lock);
    return n;
}

static void look_at_memory(struct process_figures *out)
{
    char text[128];
    unsigned long long size, resident;
    ssize_t n = self.statm < 0 ? -1 : pread(self.statm, text, sizeof(text) - 1, 0);
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

    if (n <= 0)
        return;
    text[n] = '\0';
    char *end;
    size = strtoull(text, &end, 10);
    resident = strtoull(end, NULL, 10);
    out->virtual_bytes = size * page;
    out->resident_bytes = resident * page;
}

static double cpu_seconds(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void process_look(struct process_figures *out)
{
    struct rlimit limit = {0};

    *out = (struct process_figures){
        .pid = getpid(), .cpu_s = cpu_seconds(), .started_unix = self.started};
    look_at_memory(out);
    out->open_fds = count_fds();
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        out->max_fds = limit.rlim_cur;
}
