/* The key is made once and read ever after; what is no key is not taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/route_key.h"

static char folder[64], file[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tandem-key-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/route.key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static void put(const char *bytes, size_t n)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    close(fd);
}

static void test_made_once(void **state)
{
    (void)state;
    struct hash_key first, again;
    struct store_fault fault;
    struct stat s;

    assert_true(route_key_load(folder, &first, &fault));
    assert_int_equal(stat(file, &s), 0);
    assert_int_equal(s.st_size, sizeof(first));
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_true(route_key_load(folder, &again, &fault));
    assert_memory_equal(&first, &again, sizeof(first));
    unlink(file);
    assert_true(route_key_load(folder, &again, &fault));
    assert_memory_not_equal(&first, &again, sizeof(first));
}

static void test_what_is_no_key(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 17, 100};
    char bytes[100] = {0};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct hash_key key;
        struct store_fault fault;
        struct stat s;

        put(bytes, sizes[i]);
        assert_false(route_key_load(folder, &key, &fault));
        assert_non_null(strstr(fault.what, "/route.key: not a key of 16 bytes"));
        assert_int_equal(stat(file, &s), 0);
        assert_int_equal(s.st_size, (off_t)sizes[i]);
    }
}

static void test_a_folder_that_is_not_there(void **state)
{
    (void)state;
    struct hash_key key;
    struct store_fault fault;

    assert_false(route_key_load("/nowhere", &key, &fault));
    assert_string_equal(fault.what, "/nowhere/route.key: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_made_once, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_what_is_no_key, make_folder, remove_folder),
        cmocka_unit_test(test_a_folder_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
