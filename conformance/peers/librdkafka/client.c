/* librdkafka as a client of the broker under test: client BOOTSTRAP SCENARIO. Exit code 0 when all of it held. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 15000
#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #what);                                                 \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)
#define OK(call)                                                                                                       \
    do {                                                                                                               \
        rd_kafka_resp_err_t err_ = (call);                                                                             \
        if (err_) {                                                                                                    \
            fprintf(stderr, "line %d: %s: %s\n", __LINE__, #call, rd_kafka_err2str(err_));                             \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static const char *bootstrap;
static char errstr[512];

static void fresh(char *name, size_t size, const char *prefix) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(name, size, "%s-%d-%ld", prefix, (int)getpid(), now.tv_nsec);
}

static rd_kafka_conf_t *conf(void) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    CHECK(rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, errstr, sizeof errstr) == RD_KAFKA_CONF_OK);
    return conf;
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    CHECK(rd_kafka_conf_set(conf, key, value, errstr, sizeof errstr) == RD_KAFKA_CONF_OK);
}

static rd_kafka_t *client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    rd_kafka_t *rk = rd_kafka_new(type, conf, errstr, sizeof errstr);
    CHECK(rk);
    return rk;
}

struct delivery {
    int delivered;
    int failed;
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    struct delivery *delivery = opaque;
    (void)rk;
    if (message->err || rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_PERSISTED) {
        delivery->failed++;
    } else {
        delivery->delivered++;
    }
}

static rd_kafka_event_t *admin_result(rd_kafka_queue_t *queue) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    CHECK(event);
    OK(rd_kafka_event_error(event));
    return event;
}

static void create_topic(const char *topic, int partitions) {
    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, conf());
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_NewTopic_t *topics[1] = {rd_kafka_NewTopic_new(topic, partitions, 1, errstr, sizeof errstr)};
    OK(rd_kafka_NewTopic_set_config(topics[0], "retention.ms", "12345"));
    rd_kafka_CreateTopics(rk, topics, 1, NULL, queue);
    rd_kafka_event_t *event = admin_result(queue);
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    CHECK(count == 1);
    OK(rd_kafka_topic_result_error(results[0]));
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(topics[0]);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

/* Values are the decimal numbers 0 to count - 1, number i in partition i % partitions. */
static void produce(const char *topic, int partitions, int count, const char *codec, const char *acks, int idempotent) {
    struct delivery delivery = {0, 0};
    rd_kafka_conf_t *c = conf();
    set(c, "compression.codec", codec);
    set(c, "acks", acks);
    set(c, "enable.idempotence", idempotent ? "true" : "false");
    rd_kafka_conf_set_dr_msg_cb(c, on_delivery);
    rd_kafka_conf_set_opaque(c, &delivery);
    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, c);
    for (int i = 0; i < count; i++) {
        char value[16];
        int length = snprintf(value, sizeof value, "%d", i);
        OK(rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(i % partitions),
                             RD_KAFKA_V_VALUE(value, length), RD_KAFKA_V_KEY("key", 3),
                             RD_KAFKA_V_HEADER("a", "1", 1), RD_KAFKA_V_HEADER("a", NULL, 0),
                             RD_KAFKA_V_TIMESTAMP(1700000000000LL + i), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_END));
        rd_kafka_poll(rk, 0);
    }
    OK(rd_kafka_flush(rk, WAIT_MS));
    CHECK(delivery.failed == 0);
    CHECK(delivery.delivered == count);
    rd_kafka_destroy(rk);
}

static rd_kafka_t *consumer(const char *group) {
    rd_kafka_conf_t *c = conf();
    set(c, "group.id", group);
    set(c, "auto.offset.reset", "earliest");
    set(c, "enable.auto.commit", "false");
    set(c, "heartbeat.interval.ms", "200");
    rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, c);
    OK(rd_kafka_poll_set_consumer(rk));
    return rk;
}

static void subscribe(rd_kafka_t *rk, const char *topic) {
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    OK(rd_kafka_subscribe(rk, topics));
    rd_kafka_topic_partition_list_destroy(topics);
}

/* Reads `count` records of `produce`, checks all fields and that each partition's numbers come in order. */
static void read_in_order(rd_kafka_t *rk, int partitions, int count) {
    int next[16];
    time_t end = time(NULL) + WAIT_MS / 1000;
    for (int p = 0; p < partitions; p++)
        next[p] = p;
    for (int read = 0; read < count && time(NULL) < end;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, 200);
        if (!message)
            continue;
        OK(message->err);
        char value[16] = {0};
        memcpy(value, message->payload, message->len < 15 ? message->len : 15);
        CHECK(atoi(value) == next[message->partition]);
        CHECK(message->offset == atoi(value) / partitions);
        CHECK(message->key_len == 3 && memcmp(message->key, "key", 3) == 0);
        rd_kafka_timestamp_type_t type;
        CHECK(rd_kafka_message_timestamp(message, &type) == 1700000000000LL + atoi(value));
        rd_kafka_headers_t *headers;
        OK(rd_kafka_message_headers(message, &headers));
        CHECK(rd_kafka_header_cnt(headers) == 2);
        next[message->partition] += partitions;
        read++;
        rd_kafka_message_destroy(message);
    }
    for (int p = 0; p < partitions; p++)
        CHECK(next[p] >= count);
}

static void close_consumer(rd_kafka_t *rk) {
    OK(rd_kafka_consumer_close(rk));
    rd_kafka_destroy(rk);
}

static void codecs(void) {
    const char *all[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    for (int i = 0; i < 5; i++) {
        char topic[64];
        fresh(topic, sizeof topic, "librdkafka-codec");
        create_topic(topic, 2);
        produce(topic, 2, 1000, all[i], "all", 0);
        rd_kafka_t *rk = consumer(topic);
        subscribe(rk, topic);
        read_in_order(rk, 2, 1000);
        close_consumer(rk);
    }
}

static void idempotence(void) {
    char topic[64];
    fresh(topic, sizeof topic, "librdkafka-idempotent");
    create_topic(topic, 4);
    produce(topic, 4, 20000, "lz4", "all", 1);
    rd_kafka_t *rk = consumer(topic);
    subscribe(rk, topic);
    read_in_order(rk, 4, 20000);
    close_consumer(rk);
}

/* Polls the members until each has `share` partitions. */
static void await_shares(rd_kafka_t **members, int count, int share) {
    time_t end = time(NULL) + WAIT_MS / 1000;
    int equal = 0;
    while (equal < count && time(NULL) < end) {
        equal = 0;
        for (int i = 0; i < count; i++) {
            rd_kafka_message_t *message = rd_kafka_consumer_poll(members[i], 100);
            CHECK(!message);
            rd_kafka_topic_partition_list_t *assigned;
            OK(rd_kafka_assignment(members[i], &assigned));
            equal += assigned->cnt == share;
            rd_kafka_topic_partition_list_destroy(assigned);
        }
    }
    CHECK(equal == count);
}

static void group(void) {
    char topic[64];
    fresh(topic, sizeof topic, "librdkafka-group");
    create_topic(topic, 4);
    rd_kafka_t *members[2] = {consumer(topic), consumer(topic)};
    subscribe(members[0], topic);
    subscribe(members[1], topic);
    await_shares(members, 2, 2);
    close_consumer(members[1]);
    await_shares(members, 1, 4);
    produce(topic, 4, 100, "none", "all", 1);
    read_in_order(members[0], 4, 100);
    OK(rd_kafka_commit(members[0], NULL, 0));
    close_consumer(members[0]);

    rd_kafka_t *again = consumer(topic);
    rd_kafka_topic_partition_list_t *committed = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(committed, topic, 3);
    OK(rd_kafka_committed(again, committed, WAIT_MS));
    CHECK(committed->elems[0].offset == 25);
    rd_kafka_topic_partition_list_destroy(committed);
    const struct rd_kafka_group_list *groups;
    OK(rd_kafka_list_groups(again, topic, &groups, WAIT_MS));
    CHECK(groups->group_cnt == 1);
    CHECK(strcmp(groups->groups[0].protocol_type, "consumer") == 0);
    CHECK(strcmp(groups->groups[0].state, "Empty") == 0);
    rd_kafka_group_list_destroy(groups);
    close_consumer(again);

    rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, conf());
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_DeleteGroup_t *deleted[1] = {rd_kafka_DeleteGroup_new(topic)};
    rd_kafka_DeleteGroups(rk, deleted, 1, NULL, queue);
    rd_kafka_event_t *event = admin_result(queue);
    size_t count;
    const rd_kafka_group_result_t **results =
        rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count);
    CHECK(count == 1 && !rd_kafka_group_result_error(results[0]));
    rd_kafka_event_destroy(event);
    rd_kafka_DeleteGroup_destroy(deleted[0]);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

static void offsets_and_admin(void) {
    char topic[64];
    fresh(topic, sizeof topic, "librdkafka-admin");
    create_topic(topic, 1);
    produce(topic, 1, 50, "none", "1", 0);
    rd_kafka_t *rk = consumer(topic);
    int64_t low, high;
    OK(rd_kafka_query_watermark_offsets(rk, topic, 0, &low, &high, WAIT_MS));
    CHECK(low == 0 && high == 50);
    rd_kafka_topic_partition_list_t *times = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(times, topic, 0)->offset = 1700000000017LL;
    OK(rd_kafka_offsets_for_times(rk, times, WAIT_MS));
    CHECK(times->elems[0].offset == 17);

    times->elems[0].offset = 40;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_DeleteRecords_t *records[1] = {rd_kafka_DeleteRecords_new(times)};
    rd_kafka_DeleteRecords(rk, records, 1, NULL, queue);
    rd_kafka_event_destroy(admin_result(queue));
    rd_kafka_DeleteRecords_destroy(records[0]);
    OK(rd_kafka_query_watermark_offsets(rk, topic, 0, &low, &high, WAIT_MS));
    CHECK(low == 40 && high == 50);
    rd_kafka_topic_partition_list_destroy(times);

    rd_kafka_NewPartitions_t *more[1] = {rd_kafka_NewPartitions_new(topic, 3, errstr, sizeof errstr)};
    rd_kafka_CreatePartitions(rk, more, 1, NULL, queue);
    rd_kafka_event_destroy(admin_result(queue));
    rd_kafka_NewPartitions_destroy(more[0]);

    rd_kafka_ConfigResource_t *resources[1] = {rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)};
    rd_kafka_DescribeConfigs(rk, resources, 1, NULL, queue);
    rd_kafka_event_t *event = admin_result(queue);
    size_t count, entries;
    const rd_kafka_ConfigResource_t **described =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    CHECK(count == 1);
    const rd_kafka_ConfigEntry_t **configs = rd_kafka_ConfigResource_configs(described[0], &entries);
    int found = 0;
    for (size_t i = 0; i < entries; i++)
        if (strcmp(rd_kafka_ConfigEntry_name(configs[i]), "retention.ms") == 0)
            found = strcmp(rd_kafka_ConfigEntry_value(configs[i]), "12345") == 0;
    CHECK(found);
    rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(resources[0]);

    rd_kafka_DeleteTopic_t *deleted[1] = {rd_kafka_DeleteTopic_new(topic)};
    rd_kafka_DeleteTopics(rk, deleted, 1, NULL, queue);
    rd_kafka_event_destroy(admin_result(queue));
    rd_kafka_DeleteTopic_destroy(deleted[0]);
    rd_kafka_queue_destroy(queue);
    char *id = rd_kafka_clusterid(rk, WAIT_MS);
    CHECK(id && strlen(id) > 0);
    rd_kafka_mem_free(rk, id);
    close_consumer(rk);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    bootstrap = argv[1];
    if (strcmp(argv[2], "codecs") == 0)
        codecs();
    else if (strcmp(argv[2], "idempotence") == 0)
        idempotence();
    else if (strcmp(argv[2], "group") == 0)
        group();
    else if (strcmp(argv[2], "offsets_and_admin") == 0)
        offsets_and_admin();
    else
        CHECK(!"a scenario");
    return 0;
}
