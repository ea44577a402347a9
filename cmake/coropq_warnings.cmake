# Warnings and sanitizers of our own targets; nothing of this reaches those who link the library.

function(coropq_enable_warnings target)
    # No -Wnon-virtual-dtor: it objects to every class derived from Boost's error_category. What matters, deleting through
    # such a base, is part of -Wall.
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Woverloaded-virtual -Wcast-align -Wold-style-cast)
    # GCC 12 takes "text" + std::string for an overlapping copy when it optimises (GCC bug 105651, repaired in 13).
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        target_compile_options(${target} PRIVATE -Wno-restrict)
    endif()
    if(COROPQ_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(COROPQ_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${COROPQ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=${COROPQ_SANITIZE})
        if(COROPQ_SANITIZE MATCHES thread)
            # Asio's fences order what its mutexes order as well; GCC only notes that TSan doesn't see the fences.
            target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
        endif()
    endif()
endfunction()
