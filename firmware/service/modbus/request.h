/*
 * request.h — what is asked of the registers, whichever line it came by.
 */
#ifndef MBS_REQUEST_H
#define MBS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

/* Exceptions of Modbus. */
enum mbs_fault {
    MBS_FAULT_NONE = 0,
    MBS_FAULT_FUNCTION = 1,
    MBS_FAULT_ADDRESS = 2,
    MBS_FAULT_VALUE = 3,
};

/* Registers that one answer can carry. */
#define MBS_READ_MAX 125

struct mbs_request {
    unsigned address;
    unsigned quantity;
};

/*
 * A request from its function on, without check sum: 1 byte at least. Decisions M3, M4, M5:
 * function, quantity, address, in this order. request is filled when there is no fault.
 */
enum mbs_fault mbs_request_read(const uint8_t *bytes, size_t size, struct mbs_request *request);

#endif
