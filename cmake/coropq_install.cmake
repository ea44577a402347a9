# `cmake --install`: library, headers, and what finds them again: find_package(coropq CONFIG) and pkg-config.

include(CMakePackageConfigHelpers)

install(TARGETS coropq EXPORT coropq_targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET coropq_https)
    install(TARGETS coropq_https EXPORT coropq_https_targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/coropq" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

get_target_property(coropq_library_type coropq TYPE)

# --- CMake ------------------------------------------------------------------------------------------------------
set(coropq_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/coropq")
if(coropq_library_type STREQUAL STATIC_LIBRARY)
    # Who links a static library links what it is made of.
    set(COROPQ_IS_STATIC TRUE)
else()
    set(COROPQ_IS_STATIC FALSE)
endif()
install(EXPORT coropq_targets NAMESPACE coropq:: DESTINATION "${coropq_cmake_dir}")
# A file of its own: who doesn't ask for it needs no OpenSSL.
if(TARGET coropq_https)
    install(EXPORT coropq_https_targets NAMESPACE coropq:: DESTINATION "${coropq_cmake_dir}")
endif()
configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/coropq-config.cmake.in" "${PROJECT_BINARY_DIR}/coropq-config.cmake"
    INSTALL_DESTINATION "${coropq_cmake_dir}"
    NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change what users see.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/coropq-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/coropq-config.cmake" "${PROJECT_BINARY_DIR}/coropq-config-version.cmake"
    DESTINATION "${coropq_cmake_dir}")

# --- pkg-config -------------------------------------------------------------------------------------------------
# Paths start at the file itself, so that an installed tree can be moved (and `cmake --install --prefix` be used).
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(COROPQ_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
    set(COROPQ_PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
else()
    file(RELATIVE_PATH coropq_up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
    string(REGEX REPLACE "/$" "" coropq_up "${coropq_up}")
    set(COROPQ_PC_PREFIX "\${pcfiledir}/${coropq_up}")
    set(COROPQ_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(COROPQ_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
else()
    set(COROPQ_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()

# With a shared coropq, what it is made of is private. With a static one it must be on the link line, and
# `pkg-config --static` is no way to get it there: it would ask for libpq's own static needs as well (LDAP, Kerberos
# and more), which nobody has installed. So plain `pkg-config --libs coropq` works for both.
set(coropq_pc_private_libs "-lboost_url -lboost_json")
if(COROPQ_IS_STATIC)
    set(COROPQ_PC_REQUIRES "libpq")
    set(COROPQ_PC_LIBS " ${coropq_pc_private_libs}")
else()
    set(COROPQ_PC_REQUIRES_PRIVATE "libpq")
    set(COROPQ_PC_LIBS_PRIVATE "${coropq_pc_private_libs}")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/coropq.pc.in" "${PROJECT_BINARY_DIR}/coropq.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/coropq.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

if(TARGET coropq_https)
    if(COROPQ_IS_STATIC)
        set(COROPQ_PC_REQUIRES "coropq, libssl, libcrypto")
    else()
        set(COROPQ_PC_REQUIRES "coropq")
    endif()
    configure_file("${CMAKE_CURRENT_LIST_DIR}/coropq_https.pc.in" "${PROJECT_BINARY_DIR}/coropq_https.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/coropq_https.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()
