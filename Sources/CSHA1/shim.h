// The system's SHA-1 (Debian: libmd-dev): Redis clients know scripts by it.
#include <sys/types.h>
#include <sha1.h>
