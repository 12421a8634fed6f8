/* SPDX-License-Identifier: Apache-2.0 */
/* Ports and their widths in Verilator's description: XML in the words of Verilator 5.006, JSON in those of 5.046 and later. */
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

static void ports_of_json(void **state) {
  (void)state;
  static const char json[] =
      "{\"type\":\"NETLIST\",\"name\":\"$root\",\"modulesp\":["
      "{\"type\":\"MODULE\",\"name\":\"other\",\"origName\":\"other\",\"stmtsp\":["
      "{\"type\":\"VAR\",\"name\":\"x\",\"origName\":\"x\",\"dtypep\":\"(A)\",\"direction\":\"INPUT\"}]},"
      "{\"type\":\"MODULE\",\"name\":\"t\",\"origName\":\"t\",\"stmtsp\":["
      "{\"type\":\"VAR\",\"name\":\"clk\",\"origName\":\"clk\",\"dtypep\":\"(A)\",\"direction\":\"INPUT\",\"varType\":\"PORT\"},"
      "{\"type\":\"VAR\",\"name\":\"d\",\"origName\":\"d\",\"dtypep\":\"(B)\",\"direction\":\"OUTPUT\",\"varType\":\"PORT\"},"
      "{\"type\":\"VAR\",\"name\":\"p\",\"origName\":\"p\",\"dtypep\":\"(C)\",\"direction\":\"INPUT\"},"
      "{\"type\":\"VAR\",\"name\":\"u\",\"origName\":\"u\",\"dtypep\":\"(D)\",\"direction\":\"INOUT\"},"
      "{\"type\":\"VAR\",\"name\":\"s\",\"origName\":\"s\",\"dtypep\":\"(F)\",\"direction\":\"INPUT\"},"
      "{\"type\":\"VAR\",\"name\":\"n\",\"origName\":\"n\",\"dtypep\":\"(H)\",\"direction\":\"INPUT\"},"
      "{\"type\":\"VAR\",\"name\":\"v\",\"origName\":\"v\",\"dtypep\":\"(I)\",\"direction\":\"INPUT\"},"
      "{\"type\":\"VAR\",\"name\":\"inside\",\"origName\":\"inside\",\"dtypep\":\"(A)\",\"direction\":\"NONE\"},"
      "{\"type\":\"FUNC\",\"name\":\"f\",\"stmtsp\":[{\"type\":\"VAR\",\"name\":\"a\",\"dtypep\":\"(A)\",\"direction\":\"INPUT\"}]}]}],"
      "\"miscsp\":[{\"type\":\"TYPETABLE\",\"typesp\":["
      "{\"type\":\"BASICDTYPE\",\"addr\":\"(A)\",\"keyword\":\"logic\"},"
      "{\"type\":\"BASICDTYPE\",\"addr\":\"(B)\",\"keyword\":\"logic\",\"range\":\"508:-3\"},"
      "{\"type\":\"PACKARRAYDTYPE\",\"addr\":\"(C)\",\"refDTypep\":\"(E)\",\"declRange\":\"[2:-1]\"},"
      "{\"type\":\"UNPACKARRAYDTYPE\",\"addr\":\"(D)\",\"refDTypep\":\"(E)\",\"declRange\":\"[0:3]\"},"
      "{\"type\":\"BASICDTYPE\",\"addr\":\"(E)\",\"keyword\":\"logic\",\"range\":\"7:0\"},"
      "{\"type\":\"STRUCTDTYPE\",\"addr\":\"(F)\",\"packed\":true,\"membersp\":["
      "{\"type\":\"MEMBERDTYPE\",\"name\":\"a\",\"addr\":\"(f1)\",\"refDTypep\":\"(B)\"},"
      "{\"type\":\"MEMBERDTYPE\",\"name\":\"b\",\"addr\":\"(f2)\",\"dtypep\":\"(G)\"}]},"
      "{\"type\":\"UNIONDTYPE\",\"addr\":\"(G)\",\"membersp\":["
      "{\"type\":\"MEMBERDTYPE\",\"name\":\"c\",\"addr\":\"(g1)\",\"refDTypep\":\"(C)\"},"
      "{\"type\":\"MEMBERDTYPE\",\"name\":\"d\",\"addr\":\"(g2)\",\"refDTypep\":\"(E)\"}]},"
      "{\"type\":\"ENUMDTYPE\",\"addr\":\"(H)\",\"refDTypep\":\"(J)\"},"
      "{\"type\":\"BASICDTYPE\",\"addr\":\"(J)\",\"keyword\":\"int\"},"
      "{\"type\":\"REFDTYPE\",\"addr\":\"(I)\",\"refDTypep\":\"(I)\"}]}]}";
  const struct {
    const char *name;
    unsigned width;
    bool input, output, unpacked;
  } ports[] = {{"clk", 1, true, false, false}, {"d", 512, false, true, false}, {"p", 32, true, false, false}, {"u", 32, true, true, true},
               {"s", 544, true, false, false}, {"n", 32, true, false, false},  {"v", 0, true, false, false}};
  struct top_ports read;
  struct oio_error error;
  assert_int_equal(top_ports_read(&read, json, "t", &error), OIO_OK);
  assert_int_equal(read.count, sizeof ports / sizeof ports[0]);
  for (size_t i = 0; i < read.count; i++) {
    assert_string_equal(read.list[i].name, ports[i].name);
    assert_int_equal(read.list[i].width, ports[i].width);
    assert_int_equal(read.list[i].input, ports[i].input);
    assert_int_equal(read.list[i].output, ports[i].output);
    assert_int_equal(read.list[i].unpacked, ports[i].unpacked);
  }
  top_ports_free(&read);
  assert_int_equal(top_ports_read(&read, json, "nowhere", &error), OIO_ERR_FORMAT);
  assert_string_equal(error.text, "Verilator's description has no module 'nowhere'");
  top_ports_free(&read);
  assert_int_equal(top_ports_read(&read, "{\"type\": ", "t", &error), OIO_ERR_FORMAT);
  assert_non_null(strstr(error.text, "Verilator's description: line 1:"));
  top_ports_free(&read);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arguments_of_functions_are_no_ports),
      cmocka_unit_test(bounds_may_be_negative),
      cmocka_unit_test(a_structure_has_any_number_of_members),
      cmocka_unit_test(ports_of_json),
  };
  return cmocka_run_group_tests_name("ports of a top", tests, NULL, NULL);
}
