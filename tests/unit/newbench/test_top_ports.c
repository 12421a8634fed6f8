/* SPDX-License-Identifier: Apache-2.0 */
/* Ports and their widths in Verilator's description, in the words of Verilator 5.006. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "top_ports.h"

static const char before[] = "<verilator_xml><netlist><module loc=\"c,1,8,1,9\" name=\"t\" origName=\"t\" topModule=\"1\">";
static const char after[] = "</typetable></netlist></verilator_xml>";

static void widths(const char *vars, const char *types, const char *const *names, const unsigned *bits, size_t count) {
  static char xml[20000];
  struct top_ports ports;
  struct oio_error error;
  snprintf(xml, sizeof xml, "%s%s</module><typetable loc=\"a,0,0,0,0\">%s%s", before, vars, types, after);
  assert_int_equal(top_ports_read(&ports, xml, "t", &error), OIO_OK);
  assert_int_equal(ports.count, count);
  for (size_t i = 0; i < count; i++) {
    const struct top_port *port = top_ports_find(&ports, names[i]);
    assert_non_null(port);
    if (port->width != bits[i]) fail_msg("%s has %u bits, not %u", names[i], port->width, bits[i]);
  }
  top_ports_free(&ports);
}

#define PORT(name, type, number)                                                                                                           \
  "<var loc=\"c,1,17,1,20\" name=\"" name "\" dtype_id=\"" type "\" dir=\"input\" pinIndex=\"" number                                      \
  "\" vartype=\"logic\" origName=\"" name "\"/>"

static void arguments_of_functions_are_no_ports(void **state) {
  (void)state;
  const char *const names[] = {"clk"};
  const unsigned bits[] = {1};
  widths(PORT("clk", "1",
              "1") "<func loc=\"c,2,1,2,2\" name=\"f\" dtype_id=\"1\">"
                   "<var loc=\"c,2,1,2,2\" name=\"f\" dtype_id=\"1\" dir=\"output\" vartype=\"int\" origName=\"f\"/>"
                   "<var loc=\"c,2,1,2,2\" name=\"valid\" dtype_id=\"1\" dir=\"input\" vartype=\"logic\" origName=\"valid\"/></func>",
         "<basicdtype loc=\"c,1,1,1,2\" id=\"1\" name=\"logic\"/>", names, bits, 1);
}

/* [508:-3], [2:-1][7:0] and [3:0][-1:-8] by IEEE 1800: 512, 32 and 32 bits. */
static void bounds_may_be_negative(void **state) {
  (void)state;
  const char *const names[] = {"a", "x", "y"};
  const unsigned bits[] = {512, 32, 32};
  widths(PORT("a", "6", "1") PORT("x", "1", "2") PORT("y", "2", "3"),
         "<basicdtype loc=\"c,1,1,1,2\" id=\"6\" name=\"logic\" left=\"508\" right=\"-3\"/>"
         "<basicdtype loc=\"c,1,1,1,2\" id=\"3\" name=\"logic\" left=\"7\" right=\"0\"/>"
         "<packarraydtype loc=\"c,1,17,1,18\" id=\"1\" sub_dtype_id=\"3\"><range loc=\"c,1,17,1,18\">"
         "<const loc=\"c,1,18,1,19\" name=\"32&apos;sh2\" dtype_id=\"4\"/><const loc=\"c,1,20,1,21\" name=\"32&apos;hffffffff\" "
         "dtype_id=\"4\"/>"
         "</range></packarraydtype>"
         "<basicdtype loc=\"c,1,38,1,39\" id=\"5\" name=\"logic\" left=\"-1\" right=\"-8\"/>"
         "<packarraydtype loc=\"c,1,38,1,39\" id=\"2\" sub_dtype_id=\"5\"><range loc=\"c,1,38,1,39\">"
         "<const loc=\"c,1,39,1,40\" name=\"32&apos;sh3\" dtype_id=\"4\"/><const loc=\"c,1,41,1,42\" name=\"32&apos;sh0\" dtype_id=\"4\"/>"
         "</range></packarraydtype>",
         names, bits, 3);
}

static void a_structure_has_any_number_of_members(void **state) {
  (void)state;
  static char types[16000];
  const char *const names[] = {"s"};
  const unsigned bits[] = {500};
  size_t at = (size_t)snprintf(types, sizeof types,
                               "<basicdtype loc=\"c,1,1,1,2\" id=\"1\" name=\"logic\" left=\"4\" right=\"0\"/>"
                               "<structdtype loc=\"c,1,1,1,2\" id=\"3\" name=\"p::s\">");
  for (unsigned i = 0; i < 100; i++)
    at += (size_t)snprintf(types + at, sizeof types - at, "<memberdtype loc=\"c,1,1,1,2\" id=\"%u\" name=\"f%u\" sub_dtype_id=\"1\"/>",
                           100 + i, i);
  snprintf(types + at, sizeof types - at, "</structdtype>");
  widths(PORT("s", "3", "1"), types, names, bits, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arguments_of_functions_are_no_ports),
      cmocka_unit_test(bounds_may_be_negative),
      cmocka_unit_test(a_structure_has_any_number_of_members),
  };
  return cmocka_run_group_tests_name("ports of a top", tests, NULL, NULL);
}
