/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of links: those there always are, and those that a user makes. */
#include "base/precondition.h"
#include "config/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

_Static_assert((int)OIO_OWN_CLASSES_MAX == (int)OIO_LINK_CLASSES_MAX - (int)OIO_LINK_CLASSES, "beside those that are always there");

unsigned oio_config_classes(const struct oio_config *c) {
  return OIO_LINK_CLASSES + (unsigned)c->own_classes;
}

const char *oio_config_class_name(const struct oio_config *c, unsigned link_class) {
  static const char *const names[OIO_LINK_CLASSES] = {"optical", "die_link", "package", "rack", "row"};
  OIO_PRECONDITION(link_class < oio_config_classes(c));
  return link_class < OIO_LINK_CLASSES ? names[link_class] : c->own[link_class - OIO_LINK_CLASSES].name;
}

unsigned oio_config_class_named(const struct oio_config *c, const char *name) {
  unsigned link_class = 0;
  while (link_class < oio_config_classes(c) && strcmp(oio_config_class_name(c, link_class), name) != 0) link_class++;
  return link_class;
}

/* No dot: a key is a class and what is behind the dot. */
static bool is_class_name(const char *name) {
  size_t nbytes = 0;
  for (; nbytes < OIO_CLASS_NAME_BYTES && name[nbytes] != '\0'; nbytes++) {
    if (!isalnum((unsigned char)name[nbytes]) && name[nbytes] != '_' && name[nbytes] != '-') return false;
  }
  return nbytes > 0 && nbytes < OIO_CLASS_NAME_BYTES;
}

bool oio_section_exists(const struct oio_config *config, const char *name, size_t nbytes) {
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    oio_config_describe(config, i, &key);
    if (strncmp(key.name, name, nbytes) == 0 && key.name[nbytes] == '.') return true;
  }
  return false;
}

/* It is there already: to be told the same once more changes nothing. */
static enum oio_status make_again(const struct oio_own_class *own, const char *where, const char *like, struct oio_error *error) {
  if (strcmp(own->like, like) == 0) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "%s: the class %s is there already, like %s; leave out one of the two", where, own->name,
                       own->like);
}

enum oio_status oio_class_make(struct oio_config *config, const char *where, const char *name, const char *like, struct oio_error *error) {
  const unsigned there = oio_config_class_named(config, name), of = oio_config_class_named(config, like);
  if (there >= OIO_LINK_CLASSES && there < oio_config_classes(config))
    return make_again(&config->own[there - OIO_LINK_CLASSES], where, like, error);
  if (!is_class_name(name)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: '%.40s' is no name of a class; use up to %d letters, digits, '_' and '-'", where, name,
                         OIO_CLASS_NAME_BYTES - 1);
  }
  if (oio_section_exists(config, name, strlen(name))) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: there are keys %s.* already; give a class that is like another a name of its own",
                         where, name);
  }
  if (of < OIO_CLASS_PACKAGE || of == oio_config_classes(config)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s.like=%.40s is no class to begin with; use package, rack, row or one made before",
                         where, name, like);
  }
  if (config->own_classes == OIO_OWN_CLASSES_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s is one class more than the %d that can be made; use one of them twice", where, name,
                         OIO_OWN_CLASSES_MAX);
  struct oio_own_class *own = &config->own[config->own_classes];
  snprintf(own->name, sizeof own->name, "%s", name);
  snprintf(own->like, sizeof own->like, "%s", like);
  config->classes[OIO_LINK_CLASSES + config->own_classes] = config->classes[of];
  config->own_classes++;
  return OIO_OK;
}

enum oio_status oio_class_check(const struct oio_config *config, struct oio_error *error) {
  if (config->own_classes > OIO_OWN_CLASSES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "configuration: own_classes=%llu is out of range; use 0..%d",
                         (unsigned long long)config->own_classes, OIO_OWN_CLASSES_MAX);
  }
  for (unsigned i = 0; i < config->own_classes; i++) {
    const char *name = config->own[i].name;
    if (is_class_name(name) && oio_config_class_named(config, name) == OIO_LINK_CLASSES + i) continue;
    return oio_error_set(error, OIO_ERR_CONFIG, "configuration: own[%u].name is no name of a class, or that of another; use oio_config_set",
                         i);
  }
  return OIO_OK;
}
