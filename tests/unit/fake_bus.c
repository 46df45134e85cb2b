/*
 * fake_bus.c — see fake_bus.h.
 */
#include "fake_bus.h"

#include <assert.h>
#include <string.h>

/* Bit by bit, so that the core's table is held by another way of counting. */
static uint16_t crc16_bitwise(const uint8_t *bytes, size_t size)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
        }
    }
    return (uint16_t)~crc;
}

void fake_bus_init(struct fake_bus *fake)
{
    memset(fake, 0, sizeof *fake);
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        fake->module[i] = (struct fake_module){
            .address = i + 1,
            .voltage_mV = 13500,
            .temperature_ddegC = 240,
            .resistance_uOhm = 4600,
            .hardware_revision = 0x0302,
            .software_revision = 0x030400,
        };
    }
    for (int i = 0; i < WM_AUX_MAX; i++) {
        fake->aux[i].inputs = 0x0F;
    }
    fake->room.inputs = 0x0F;
}

/* The modules with an address that would answer, and one of them. */
static int modules_at(struct fake_bus *fake, int32_t address, struct fake_module **module)
{
    int count = 0;
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        if (fake->module[i].address == address && !fake->module[i].is_silent) {
            *module = &fake->module[i];
            count++;
        }
    }
    return count;
}

static bool module_answer(struct fake_bus *fake, const struct wm_frame *question, int32_t *value)
{
    struct fake_module *module = NULL;
    const int count = modules_at(fake, question->address, &module);
    if (count == 0) {
        return false;
    }
    fake->garble_answers += count > 1 && fake->garble_answers == 0;
    switch (question->message) {
    case wm_message_identify:
        value[wm_answer_identify_type_code] = module->type_code;
        value[wm_answer_identify_hardware_revision] = module->hardware_revision;
        value[wm_answer_identify_software_revision] = module->software_revision;
        value[wm_answer_identify_serial_number] = (int32_t)(module - fake->module) + 1;
        break;
    case wm_message_measure:
        value[wm_answer_measure_voltage_mV] = module->voltage_mV;
        value[wm_answer_measure_temperature_ddegC] = module->temperature_ddegC;
        value[wm_answer_measure_bypass_permille] = module->bypass_permille;
        value[wm_answer_measure_state] = module->is_showing ? 2 : 0;
        module->was_told_alarm = question->value[wm_question_measure_is_alarm] != 0;
        break;
    case wm_message_show:
        module->is_showing = question->value[wm_question_show_is_on] != 0;
        value[wm_answer_show_is_on] = module->is_showing;
        break;
    case wm_message_set_address:
        module->address = question->value[wm_question_set_address_address];
        value[wm_answer_set_address_address] = module->address;
        break;
    case wm_message_impedance:
        value[wm_answer_impedance_resistance_uOhm] = module->resistance_uOhm;
        break;
    case wm_message_set_bypass:
        value[wm_answer_set_bypass_bypass_permille] =
            question->value[wm_question_set_bypass_bypass_permille];
        if (!module->is_bypass_stuck && !module->is_silent) {
            module->bypass_permille = question->value[wm_question_set_bypass_bypass_permille];
        }
        break;
    default:
        return false;
    }
    return true;
}

/* Becomes the frame that the answer is: a registration is answered from the new address. */
static bool broadcast_answer(struct fake_bus *fake, struct wm_frame *question, int32_t *value)
{
    int count = 0;
    const int32_t address = question->value[wm_question_register_address_address];
    fake->is_programming = question->message == wm_message_programming
                               ? question->value[wm_question_programming_is_on] != 0
                               : fake->is_programming;
    for (int i = 0; i < WM_MODULES_MAX; i++) {
        struct fake_module *module = &fake->module[i];
        if (module->is_silent) {
            continue;
        }
        if (question->message == wm_message_reset_address && !module->is_deaf_to_reset) {
            module->address = 0;
        }
        if (question->message == wm_message_register_address && fake->is_programming &&
            module->is_pressed) {
            if (address > 0) {
                module->address = address;
                module->is_pressed = module->is_stuck;
            }
            value[wm_answer_register_address_address] = address;
            value[wm_answer_register_address_serial_number] = i + 1;
            count++;
        }
    }
    fake->garble_answers += count > 1 && fake->garble_answers == 0;
    question->class = WM_CLASS_MODULE;
    question->address = (uint16_t)address;
    return count > 0;
}

static bool room_answer(struct fake_bus *fake, const struct wm_frame *question, int32_t *value)
{
    switch (question->message) {
    case wm_message_read_environment:
        value[wm_answer_read_environment_temperature_ddegC] = fake->room.temperature_ddegC;
        value[wm_answer_read_environment_humidity_permille] = fake->room.humidity_permille;
        break;
    case wm_message_read_analog:
        memcpy(value, &fake->room.analog[question->value[wm_question_read_analog_first] - 1],
               4 * sizeof *value);
        break;
    case wm_message_read_digital:
        value[wm_answer_read_digital_inputs] = fake->room.inputs;
        value[wm_answer_read_digital_outputs] = fake->room.outputs;
        break;
    case wm_message_set_digital:
        fake->room.outputs = (uint8_t)question->value[wm_question_set_digital_outputs];
        value[wm_answer_set_digital_outputs] = fake->room.outputs;
        break;
    default:
        return false;
    }
    return !fake->room.is_silent;
}

static bool device_answer(struct fake_bus *fake, struct wm_frame *question, int32_t *value)
{
    const int at = question->address - 1;
    switch (question->class) {
    case WM_CLASS_BROADCAST:
        return broadcast_answer(fake, question, value);
    case WM_CLASS_MODULE:
        return module_answer(fake, question, value);
    case WM_CLASS_SENSOR:
        value[wm_answer_read_sensor_current_mA] = fake->sensor[at].current_mA;
        value[wm_answer_read_sensor_current_ac_mA] = fake->sensor[at].current_ac_mA;
        return !fake->sensor[at].is_silent;
    case WM_CLASS_AUX:
        if (fake->aux[at].is_silent) {
            return false;
        }
        if (question->message == wm_message_set_outputs) {
            fake->aux[at].outputs = (uint8_t)question->value[0];
            value[wm_answer_set_outputs_outputs] = fake->aux[at].outputs;
            return true;
        }
        value[wm_answer_read_aux_inputs] = fake->aux[at].inputs;
        value[wm_answer_read_aux_outputs] = fake->aux[at].outputs;
        return true;
    case WM_CLASS_COM2:
        return room_answer(fake, question, value);
    default:
        return false;
    }
}

static void answer_write(struct fake_bus *fake, const struct wm_frame *question,
                         const int32_t *value)
{
    const struct wm_message_row *row = wm_message(question->message);
    const size_t size = (size_t)row->payload_size[WM_ANSWER] + WM_FRAME_OVERHEAD;
    uint8_t frame[WM_FRAME_SIZE_MAX] = {
        0xA5,
        (uint8_t)size,
        (uint8_t)((unsigned)question->class << 4 | question->address >> 8),
        (uint8_t)question->address,
        question->sequence,
        (uint8_t)(row->command | 0x80),
    };
    if (fake->late_answers > 0) {
        fake->late_answers--;
        frame[4]--;
    }
    wm_message_pack(question->message, WM_ANSWER, value, frame + 6);
    const uint16_t crc = crc16_bitwise(frame + 1, size - 3);
    frame[size - 2] = (uint8_t)crc;
    frame[size - 1] = (uint8_t)(crc >> 8);
    if (fake->garble_answers > 0) {
        fake->garble_answers--;
        frame[size / 2] ^= 0x10;
    }
    memset(fake->answer, 0xA5, sizeof fake->answer);
    memcpy(fake->answer + fake->junk_bytes, frame, size);
    fake->answer_size = size + (size_t)fake->junk_bytes;
}

/* True when this one is the n-th. */
static bool is_nth(int *left)
{
    *left -= *left > 0;
    return *left == 0;
}

static enum wm_status fake_transmit(void *self, const uint8_t *bytes, size_t size)
{
    struct fake_bus *fake = self;
    struct wm_frame question = {.class = (enum wm_class)(bytes[2] >> 4),
                                .address = (uint16_t)((bytes[2] & 0x0F) << 8 | bytes[3]),
                                .sequence = bytes[4],
                                .message = wm_message_find(bytes[5])};
    int32_t value[WM_FIELDS_MAX] = {0};
    if (fake->is_busy) {
        return WM_BUSY;
    }
    assert(bytes[0] == 0xA5 && bytes[1] == size);
    assert((uint16_t)(bytes[size - 2] | bytes[size - 1] << 8) ==
           crc16_bitwise(bytes + 1, size - 3));
    wm_message_unpack(question.message, WM_QUESTION, bytes + 6, question.value);
    if (fake->questions < FAKE_QUESTIONS_MAX) {
        fake->asked[fake->questions++] = question;
    }
    fake->answer_size = 0;
    fake->answer_fetched = 0;
    if (fake->deaf_nth > 0 && is_nth(&fake->deaf_nth)) {
        return WM_OK;
    }
    if (!device_answer(fake, &question, value)) {
        return WM_OK;
    }
    if (fake->is_limited && fake->answers_left-- <= 0) {
        return WM_OK;
    }
    if (fake->lose_answers > 0) {
        fake->lose_answers--;
        return WM_OK;
    }
    if (fake->lose_nth > 0 && is_nth(&fake->lose_nth)) {
        return WM_OK;
    }
    fake->garble_answers += fake->garble_nth > 0 && is_nth(&fake->garble_nth);
    answer_write(fake, &question, value);
    return WM_OK;
}

static int fake_receive(void *self, uint8_t *bytes, size_t size_max)
{
    struct fake_bus *fake = self;
    size_t size = fake->answer_size - fake->answer_fetched;
    if (fake->answer_bytes_max > 0 && size > (size_t)fake->answer_bytes_max) {
        size = (size_t)fake->answer_bytes_max;
    }
    if (size > size_max) {
        size = size_max;
    }
    memcpy(bytes, fake->answer + fake->answer_fetched, size);
    fake->answer_fetched += size;
    return (int)size;
}

struct wm_bus fake_bus_port(struct fake_bus *fake)
{
    static const struct wm_bus_ops ops = {fake_transmit, fake_receive};
    return (struct wm_bus){&ops, fake};
}

int fake_bus_asked(const struct fake_bus *fake, enum wm_message_id message, int address)
{
    int count = 0;
    for (int i = 0; i < fake->questions; i++) {
        count += fake->asked[i].message == message && fake->asked[i].address == address;
    }
    return count;
}

void fake_bus_forget(struct fake_bus *fake)
{
    fake->questions = 0;
}

/* ---- a core on that bus ----------------------------------------------------------------- */

struct bench_record *bench_record(struct bench *bench, const char *name)
{
    int i = 0;
    while (i < bench->records && strcmp(bench->record[i].name, name) != 0) {
        i++;
    }
    assert(i < (int)(sizeof bench->record / sizeof bench->record[0]));
    if (i == bench->records) {
        assert(strlen(name) < WM_RECORD_NAME_MAX);
        strcpy(bench->record[bench->records++].name, name);
        bench->record[i].size = WM_ABSENT;
    }
    return &bench->record[i];
}

static int bench_load(void *self, const char *name, void *bytes, size_t size_max)
{
    const struct bench_record *record = bench_record(self, name);
    if (record->size > 0) {
        assert((size_t)record->size <= size_max);
        memcpy(bytes, record->bytes, (size_t)record->size);
    }
    return record->size;
}

static enum wm_status bench_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct bench *bench = self;
    struct bench_record *record = bench_record(bench, name);
    assert(size <= sizeof record->bytes);
    bench->saves++;
    if (bench->is_store_broken) {
        return WM_IO;
    }
    memcpy(record->bytes, bytes, size);
    record->size = (int)size;
    return WM_OK;
}

static enum wm_status bench_append(void *self, enum wm_log_ring ring, const void *record,
                                   size_t size)
{
    struct bench *bench = self;
    bench->log[ring].tried++;
    if (bench->log[ring].is_broken) {
        return WM_IO;
    }
    assert(size <= WM_LOG_RECORD_MAX);
    if (bench->log[ring].count < BENCH_LOG_MAX) {
        memcpy(bench->log[ring].record[bench->log[ring].count], record, size);
    }
    bench->log[ring].size = size;
    bench->log[ring].count++;
    return WM_OK;
}

static void bench_tell(void *self, const struct wm_event *event)
{
    struct bench *bench = self;
    assert(bench->events < (int)(sizeof bench->event / sizeof bench->event[0]));
    bench->event[bench->events++] = *event;
}

void bench_settings(struct bench *bench, int32_t strings, int32_t modules_each)
{
    memset(bench, 0, sizeof *bench);
    fake_bus_init(&bench->bus);
    fake_bus_init(&bench->com2);
    wm_settings_reset(&bench->settings);
    bench->settings.value[wm_setting_bank_strings] = strings;
    bench->settings.value[wm_setting_bank_modules] = strings * modules_each;
    bench->settings.value[wm_setting_bank_current_sensors] = strings;
    bench->settings.value[wm_setting_bank_aux_units] = 1;
    wm_settings_derive(&bench->settings);
}

void bench_start(struct bench *bench)
{
    static const struct wm_store_ops store = {bench_load, bench_save};
    static const struct wm_log_ops log = {bench_append, NULL, NULL}; /* the core only appends */
    const struct wm_ports ports = {
        .bus = fake_bus_port(&bench->bus),
        .com2 = fake_bus_port(&bench->com2),
        .serves_rtu = true,
        .store = {&store, bench},
        .log = {&log, bench},
        .journal = {bench_tell, bench},
    };
    wm_core_init(&bench->core, &ports, &bench->settings, &bench->power_up, bench->now_ms);
    bench->next_ms = bench->now_ms;
}

/* Bytes are there that the core waits for: a board would step at once. */
static bool has_answer(const struct wm_line *line, const struct fake_bus *bus)
{
    return line->is_waiting && bus->answer_fetched < bus->answer_size;
}

void bench_run(struct bench *bench, wm_ms duration_ms)
{
    const wm_ms until_ms = bench->now_ms + duration_ms;
    while (bench->next_ms <= until_ms) {
        bench->now_ms = bench->next_ms;
        bench->next_ms = wm_core_step(&bench->core, bench->now_ms);
        if (bench->next_ms > bench->now_ms && (has_answer(&bench->core.poller.line, &bench->bus) ||
                                               has_answer(&bench->core.com2.line, &bench->com2))) {
            /* A little time passes. */
            bench->next_ms = bench->now_ms + (bench->bus.answer_bytes_max > 0);
        }
    }
    bench->now_ms = until_ms;
}

void bench_ready(struct bench *bench)
{
    bench_start(bench);
    for (int i = 0; i < 1000 && !bench->core.view.is_complete; i++) {
        bench_run(bench, 100);
    }
    assert(bench->core.view.is_complete);
    fake_bus_forget(&bench->bus);
    fake_bus_forget(&bench->com2);
    bench->events = 0;
}

int bench_told(const struct bench *bench, enum wm_event_kind kind, int32_t number)
{
    for (int i = 0; i < bench->events; i++) {
        if (bench->event[i].kind == kind && bench->event[i].number == number) {
            return i + 1;
        }
    }
    return 0;
}

bool bench_has_row(const struct bench *bench, int32_t number)
{
    const struct wm_view *view = &bench->core.view;
    for (int32_t i = 0; i < view->alarm_rows; i++) {
        if (view->alarm[i].number == number) {
            return true;
        }
    }
    return false;
}
