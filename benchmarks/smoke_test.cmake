# Runs a benchmark and checks the JSON that it writes: every line of it is complete and has numbers that can be. How fast
# it was says nothing here.
#   cmake -DPROGRAM=… -DARGUMENTS=… -P smoke_test.cmake

get_filename_component(name "${PROGRAM}" NAME)
string(RANDOM LENGTH 12 unique)
set(file "$ENV{TMPDIR}")
if(NOT file)
    set(file /tmp)
endif()
string(APPEND file "/${name}.${unique}.json")

unset(ENV{COROPQ_URL}) # a server of its own
execute_process(COMMAND "${PROGRAM}" --quick --json "${file}" ${ARGUMENTS}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} ended with ${status}:\n${output}")
endif()
file(READ "${file}" json)
file(REMOVE "${file}")

string(JSON count LENGTH "${json}")
if(count LESS 2)
    message(FATAL_ERROR "${count} lines:\n${json}")
endif()
math(EXPR last "${count} - 1")
set(names)
foreach(line RANGE ${last})
    foreach(key IN ITEMS name params value unit baseline ratio)
        string(JSON ${key} GET "${json}" ${line} ${key})
        string(JSON type TYPE "${json}" ${line} ${key})
        string(APPEND types_${line} " ${type}")
    endforeach()
    # There is no ratio to nothing: a memory that didn't grow.
    if(NOT types_${line} MATCHES "^ STRING OBJECT NUMBER STRING NUMBER (NUMBER|NULL)$")
        message(FATAL_ERROR "line ${line} is malformed:${types_${line}}\n${json}")
    endif()
    if(NOT unit STREQUAL "bytes" AND (NOT value GREATER 0 OR NOT baseline GREATER 0 OR NOT ratio GREATER 0))
        message(FATAL_ERROR "${name} is ${value}, baseline ${baseline}, ratio ${ratio}")
    endif()
    list(APPEND names "${name}")
endforeach()
list(REMOVE_DUPLICATES names)
list(LENGTH names different)
if(NOT different EQUAL count)
    message(FATAL_ERROR "names stand twice among ${names}")
endif()
