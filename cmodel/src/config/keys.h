/* SPDX-License-Identifier: Apache-2.0 */
/* A key of the configuration, shared by config.c (which keys there are), values.c (what a key takes and shows) and config_file.c. */
#ifndef OIO_CONFIG_KEYS_H
#define OIO_CONFIG_KEYS_H

#include "oio/config.h"

enum oio_key_kind { OIO_KEY_INTEGER, OIO_KEY_REAL, OIO_KEY_CHOICE, OIO_KEY_TEXT };

struct oio_key {
  const char *name, *unit, *range, *initial, *help;
  enum oio_key_kind kind;
  size_t at;        /* offset in struct oio_config */
  double low, high; /* of a text: high is its room, with its end */
};

/* Sets the key's value. False: it does not take that. */
bool oio_key_set(const struct oio_key *key, struct oio_config *config, const char *value);
/* What is wrong with a value that the key does not take. */
const char *oio_key_objection(const struct oio_key *key, const char *value);
/* Is the value one that oio_key_set could have set? */
bool oio_key_holds(const struct oio_key *key, const struct oio_config *config);
/* The value as text, such that it reads back; returns out. */
const char *oio_key_show(const struct oio_key *key, const struct oio_config *config, char *out, size_t out_nbytes);
/* The number itself, of a key that is no text, whether it can be or not. */
const char *oio_key_number(const struct oio_key *key, const struct oio_config *config, char *out, size_t out_nbytes);

/* Is candidate, of all that were asked about so far, what was most likely meant by name? *most: 0 at first. Never one that shares less than
 * two thirds of the name, or less than three letters. */
bool oio_key_is_nearer(const char *name, const char *candidate, size_t *most);
/* Without the blanks around it; cuts the text. */
char *oio_key_trimmed(char *text);

/* NAME.like=LIKE: makes a class of links with the values that LIKE has now. where as of oio_config_set. */
enum oio_status oio_class_make(struct oio_config *config, const char *where, const char *name, const char *like, struct oio_error *error);
/* May those classes be that a user made? */
enum oio_status oio_class_check(const struct oio_config *config, struct oio_error *error);
/* Is there a key NAME.something? */
bool oio_section_exists(const struct oio_config *config, const char *name, size_t nbytes);

#endif
