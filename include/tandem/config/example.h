/* A configuration file to begin with. */
#ifndef TANDEM_CONFIG_EXAMPLE_H
#define TANDEM_CONFIG_EXAMPLE_H

#include <stdio.h>

/* Every key with its sentence, default and an example, commented out: the file reads as the
 * defaults, and still does with any of its lines brought to life. */
void config_print_example(FILE *f);

#endif
