# Compiles a file once without COROPQ_CASE, which has to work, and once with each case N that it has a line
# "// expect N: TEXT" for: the compiler's output has to contain TEXT in one of its first lines, and nothing may hide it:
# there is one error.
#   cmake -DCOMPILER=… -DCOMPILER_ID=… -DINCLUDE=DIRECTORY;… -DSOURCE=FILE.cpp -P expect_messages.cmake

set(first_lines 25)

# The source lines under each message would push the next one out of the first lines.
if(COMPILER_ID MATCHES "Clang")
    set(no_source_lines -fno-caret-diagnostics)
else()
    set(no_source_lines -fno-diagnostics-show-caret)
endif()

list(TRANSFORM INCLUDE PREPEND "-I")
set(command "${COMPILER}" -std=c++20 -fsyntax-only ${no_source_lines} -fdiagnostics-color=never ${INCLUDE})
set(ENV{LC_ALL} C)

execute_process(COMMAND ${command} "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE output OUTPUT_VARIABLE ignored)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} has to compile without COROPQ_CASE:\n${output}")
endif()

file(STRINGS "${SOURCE}" expectations REGEX "// expect [0-9]+: ")
list(LENGTH expectations count)
if(count EQUAL 0)
    message(FATAL_ERROR "${SOURCE} expects nothing")
endif()

foreach(expectation IN LISTS expectations)
    string(REGEX REPLACE "^.*// expect ([0-9]+): .*$" "\\1" case "${expectation}")
    string(REGEX REPLACE "^.*// expect [0-9]+: " "" text "${expectation}")
    execute_process(COMMAND ${command} -DCOROPQ_CASE=${case} "${SOURCE}"
        RESULT_VARIABLE status ERROR_VARIABLE output OUTPUT_VARIABLE ignored)
    if(status EQUAL 0)
        message(SEND_ERROR "case ${case} compiles")
        continue()
    endif()
    string(FIND "${output}" "${text}" position)
    string(SUBSTRING "${output}" 0 ${position} before)
    string(REGEX MATCHALL "\n" line_ends "${before}")
    list(LENGTH line_ends lines_before)
    string(REGEX MATCHALL "(^|[^a-z])error: " errors "${output}")
    list(LENGTH errors error_count)
    if(position EQUAL -1 OR NOT lines_before LESS first_lines OR NOT error_count EQUAL 1)
        message(SEND_ERROR "case ${case}: \"${text}\" has to be in the first ${first_lines} lines, as the only error "
            "(there are ${error_count}):\n${output}")
    endif()
endforeach()

message(STATUS "${count} cases")
