/* The E-model: ITU-T G.107, its scale in G.109, what codecs have from G.113 Appendix I. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/quality.h"

static double rating(double delay_ms, double loss, double ie, double bpl)
{
    struct quality q = {delay_ms, loss, ie, bpl};
    return quality_rating(&q);
}

static void test_quality(void **state)
{
    (void)state;
    assert_true(fabs(rating(0, 0, 0, 25.1) - 93.2) < 0.01);
    assert_true(fabs(rating(0, 0, 11, 19) - 82.2) < 0.01);
    assert_true(rating(150, 0, 0, 25.1) > 89 && rating(150, 0, 0, 25.1) < 90);
    assert_true(rating(400, 0, 0, 25.1) < 60);
    /* half of what is left is gone where as many are lost as the codec bears */
    assert_true(fabs(rating(0, 25.1, 0, 25.1) - (93.2 - 47.5)) < 0.01);
    assert_true(rating(0, 100, 0, 1) >= 0 && rating(5000, 100, 50, 1) == 0);
    assert_true(rating(0, 5, 0, 0) == rating(0, 5, 0, 25.1));
    assert_true(fabs(quality_mos(93.2) - 4.41) < 0.01);
    assert_true(fabs(quality_mos(80) - 4.03) < 0.01);
    assert_true(fabs(quality_mos(70) - 3.60) < 0.01);
    assert_true(fabs(quality_mos(60) - 3.10) < 0.01);
    assert_true(quality_mos(0) == 1 && quality_mos(3) == 1 && quality_mos(100) == 4.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quality)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
