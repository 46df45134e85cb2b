# embed.cmake — Lua files as bytes in the program, so that it needs no installed files.
#
# embed_lua(target NAME file.lua...) adds NAME.c to the target and NAME.h to its include path:
#   extern const struct embedded_lua { const char *name; const unsigned char *bytes;
#                                      size_t size; } NAME[];   the name is the file's, "x.lua"
#   extern const size_t NAME_count;
# Files are named from the calling CMakeLists.txt. The script itself is this file, run by -P.

function(embed_lua target name)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(files "")
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND files ${file})
  endforeach()
  string(REPLACE ";" "|" joined "${files}")
  add_custom_command(
    OUTPUT ${out}/${name}.c ${out}/${name}.h
    COMMAND ${CMAKE_COMMAND} "-DEMBED_NAME=${name}" "-DEMBED_OUT=${out}" "-DEMBED_FILES=${joined}"
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${files} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${name}.c ${out}/${name}.h)
  target_include_directories(${target} PRIVATE ${out})
endfunction()

if(NOT DEFINED EMBED_NAME)
  return()
endif()

string(REPLACE "|" ";" files "${EMBED_FILES}")
set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS files)
  file(READ ${file} hex HEX)
  # Sixteen bytes a line; a closing zero, so that the bytes are a string too.
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REPEAT "0x..," 16 line)
  string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
  cmake_path(GET file FILENAME base)
  string(APPEND arrays "static const unsigned char file_${number}[] = {\n    ${bytes}0x00};\n\n")
  string(APPEND rows "    {\"${base}\", file_${number}, sizeof file_${number} - 1},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE ${EMBED_OUT}/${EMBED_NAME}.h "/* Made by cmake/embed.cmake. */
#ifndef EMBEDDED_${EMBED_NAME}_H
#define EMBEDDED_${EMBED_NAME}_H

#include <stddef.h>

#ifndef EMBEDDED_LUA
#define EMBEDDED_LUA
struct embedded_lua {
    const char *name;
    const unsigned char *bytes;
    size_t size;
};
#endif

extern const struct embedded_lua ${EMBED_NAME}[];
extern const size_t ${EMBED_NAME}_count;

#endif
")
file(WRITE ${EMBED_OUT}/${EMBED_NAME}.c "/* Made by cmake/embed.cmake. */
#include \"${EMBED_NAME}.h\"

${arrays}const struct embedded_lua ${EMBED_NAME}[] = {
${rows}};
const size_t ${EMBED_NAME}_count = ${number};
")
