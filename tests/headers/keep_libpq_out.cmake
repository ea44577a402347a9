# libpq stays in one room, src/libpq: no public header includes it or names one of its types or functions.
# Comments may: they explain what is underneath.
#   cmake -DINCLUDE_DIR=… -P keep_libpq_out.cmake

file(GLOB_RECURSE headers "${INCLUDE_DIR}/*")
list(LENGTH headers count)
if(count EQUAL 0)
    message(FATAL_ERROR "no header below ${INCLUDE_DIR}")
endif()

set(found 0)
foreach(header IN LISTS headers)
    file(READ "${header}" text)
    # CMake would take these as its own punctuation.
    string(REGEX REPLACE "[][;]" " " text "${text}")
    string(REGEX REPLACE "//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
    string(REGEX MATCHALL "[^\n]*(libpq-|postgres_ext|[^A-Za-z0-9_](PG[a-zA-Z]|PQ[a-z]|pg_conn|pg_result|pg_cancel))[^\n]*"
        lines "${text}")
    foreach(line IN LISTS lines)
        message(SEND_ERROR "${header} mentions libpq:${line}")
        math(EXPR found "${found} + 1")
    endforeach()
endforeach()

if(found EQUAL 0)
    message(STATUS "${count} headers, none mentions libpq")
endif()
