# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=page.c -DHEADER=page.h -DFOLDER=page -P embed.cmake: page/page.css and page/page.js as arrays of bytes.
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n#include \"${HEADER}\"\n")
foreach(kind css js)
  file(READ ${FOLDER}/page.${kind} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND text "const unsigned char wave_page_${kind}[] = {\n${bytes}\n};\nconst size_t wave_page_${kind}_size = sizeof wave_page_${kind};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
