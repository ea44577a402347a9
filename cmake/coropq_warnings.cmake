# Warnings and sanitizers of our own targets; nothing of this reaches those who link the library.

function(coropq_enable_warnings target)
    # No -Wnon-virtual-dtor: it objects to every class derived from Boost's error_category. What matters, deleting through
    # such a base, is part of -Wall.
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Woverloaded-virtual -Wcast-align -Wold-style-cast)
    # GCC 12 takes "text" + std::string for an overlapping copy when it optimises (GCC bug 105651, repaired in 13).
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        target_compile_options(${target} PRIVATE -Wno-restrict)
        # It also objects to the frames of Asio's coroutines, which are deleted where its optimiser with less than -O3 can
        # see that they come from Asio's own allocation.
        if(COROPQ_SANITIZE)
            target_compile_options(${target} PRIVATE -Wno-mismatched-new-delete)
        endif()
    endif()
    if(COROPQ_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(COROPQ_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${COROPQ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        if(COROPQ_SANITIZE_LESS)
            target_compile_options(${target} PRIVATE -fno-sanitize=${COROPQ_SANITIZE_LESS})
        endif()
        target_link_options(${target} PUBLIC -fsanitize=${COROPQ_SANITIZE})
        if(COROPQ_SANITIZE MATCHES thread)
            # ThreadSanitizer doesn't know fences, which Asio's reference counts rely on: it would report races where an
            # executor is destroyed. Boost's own counts, which Asio falls back to, do without.
            target_compile_definitions(${target} PRIVATE BOOST_ASIO_DISABLE_STD_ATOMIC)
        endif()
    endif()
endfunction()
