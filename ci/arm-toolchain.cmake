# arm-toolchain.cmake — the target: 32-bit ARM Linux, with the libraries of build/arm-sysroot.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7l)

get_filename_component(WM_ARM_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/arm-sysroot ABSOLUTE)
if(NOT EXISTS ${WM_ARM_SYSROOT}/.packages)
  message(FATAL_ERROR "${WM_ARM_SYSROOT} is not there; make it with ci/arm-sysroot")
endif()

set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_C_LIBRARY_ARCHITECTURE arm-linux-gnueabihf)
set(CMAKE_LIBRARY_ARCHITECTURE arm-linux-gnueabihf)
set(CMAKE_SYSROOT ${WM_ARM_SYSROOT})
set(CMAKE_FIND_ROOT_PATH ${WM_ARM_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# The place where it was built is no part of what is built.
get_filename_component(WM_ARM_TOP ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(CMAKE_C_FLAGS_INIT "-ffile-prefix-map=${WM_ARM_TOP}/=")

# pkg-config sees the sysroot's descriptions alone.
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${WM_ARM_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${WM_ARM_SYSROOT}/usr/lib/arm-linux-gnueabihf/pkgconfig:${WM_ARM_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

# What is built can be run here all the same: ctest and custom commands go through it.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm -L ${WM_ARM_SYSROOT})
