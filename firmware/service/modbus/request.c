/*
 * request.c — see request.h.
 */
#include "request.h"

#include <assert.h>

#include "wm/limits.h"

enum { READ_HOLDING = 3, READ_INPUT = 4, READ_SIZE = 5 };

static unsigned word(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

enum mbs_fault mbs_request_read(const uint8_t *bytes, size_t size, struct mbs_request *request)
{
    assert(size > 0);
    if (bytes[0] != READ_HOLDING && bytes[0] != READ_INPUT) {
        return MBS_FAULT_FUNCTION;
    }
    if (size != READ_SIZE) {
        return MBS_FAULT_VALUE;
    }
    request->address = word(bytes + 1);
    request->quantity = word(bytes + 3);
    if (request->quantity < 1 || request->quantity > MBS_READ_MAX) {
        return MBS_FAULT_VALUE;
    }
    if (request->address < WM_REGISTER_FIRST ||
        request->address + request->quantity - 1 > WM_REGISTER_LAST) {
        return MBS_FAULT_ADDRESS;
    }
    return MBS_FAULT_NONE;
}
