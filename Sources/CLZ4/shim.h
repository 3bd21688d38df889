// The system's LZ4 (Debian: liblz4-dev).
#include <lz4.h>
#include <lz4hc.h>
