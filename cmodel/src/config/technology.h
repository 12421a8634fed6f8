/* SPDX-License-Identifier: Apache-2.0 */
/* What CLASS.tech brings to a class of links. */
#ifndef OIO_TECHNOLOGY_H
#define OIO_TECHNOLOGY_H

#include "oio/config.h"

/* CLASS.tech=TECH: it brings its values, but for those that were set. Empty: the class has none, and its values stay. where as of
 * oio_config_set. OIO_ERR_CONFIG: there is no such technology, and nothing is changed. */
enum oio_status oio_technology_take(struct oio_config *config, unsigned link_class, const char *tech, const char *where,
                                    struct oio_error *error);
/* A value of a class has been set, at that offset in it: no technology brings it any more, and what it brings may follow from it. */
void oio_technology_yield(struct oio_config *config, unsigned link_class, size_t at);
/* Do technology, length and rate of a class go together? */
enum oio_status oio_technology_check(const struct oio_config *config, unsigned link_class, struct oio_error *error);

#endif
