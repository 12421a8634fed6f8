# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=x.c -DHEADER=x.h -DPREFIX=p -DFILES="name=path|name=path" -P embed.cmake: each file as an array of bytes, p_name and p_name_size.
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n#include \"${HEADER}\"\n")
string(REPLACE "|" ";" files "${FILES}")
foreach(file ${files})
  string(REPLACE "=" ";" file "${file}")
  list(GET file 0 name)
  list(GET file 1 path)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND text "const unsigned char ${PREFIX}_${name}[] = {\n${bytes}\n};\nconst size_t ${PREFIX}_${name}_size = sizeof ${PREFIX}_${name};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
