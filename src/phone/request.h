/* The commands `tandem options`, `tandem message` and `tandem request`. */
#ifndef TANDEM_PHONE_REQUEST_H
#define TANDEM_PHONE_REQUEST_H

extern const char options_help[], message_help[], request_help[];

/* The exit status. */
int options_main(int argc, char **argv);
int message_main(int argc, char **argv);
int request_main(int argc, char **argv);

#endif
