package io.millrace.kafka.session;

import io.millrace.kafka.session.Api.Order;
import io.millrace.kafka.state.FetchSessions;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceRequest;

/// The table of what this broker offers: API, versions, handler. Group APIs come with the ports, because their handlers are
/// wired to the coordinator.
public final class KafkaApis {
    private KafkaApis() {}

    public static Apis of(KafkaPorts ports) {
        List<Api<?>> apis = new ArrayList<>(ports.groupApis());
        apis.addAll(data(ports));
        return new Apis(withApiVersions(apis, ports));
    }

    private static List<Api<?>> data(KafkaPorts ports) {
        KafkaConfig config = ports.config();
        FetchSessions sessions =
                new FetchSessions(ports.randomness(), config.fetchSessionsMax(), config.fetchSessionPartitionsMax());
        return List.of(
                // Advertised from 0, because librdkafka turns compression off when it does not see the old versions.
                Api.of(
                                ApiKeys.PRODUCE,
                                3,
                                13,
                                ProduceRequest.class,
                                new HandleProduce(ports.partitions(), ports.catalog()))
                        .advertisedFrom(0)
                        .ordered(Order.OVERLAPPING),
                Api.of(
                                ApiKeys.FETCH,
                                4,
                                18,
                                FetchRequest.class,
                                new HandleFetch(
                                        ports.partitions(), ports.catalog(), sessions, config.fetchBytesMax()))
                        .ordered(Order.ONE_AT_A_TIME),
                Api.of(
                        ApiKeys.LIST_OFFSETS,
                        1,
                        11,
                        ListOffsetsRequest.class,
                        new HandleListOffsets(ports.partitions())),
                Api.of(
                                ApiKeys.METADATA,
                                0,
                                13,
                                MetadataRequest.class,
                                new HandleMetadata(ports.catalog(), ports.changes(), config.autoCreateTopics()))
                        .ordered(Order.OVERLAPPING));
    }

    private static List<Api<?>> withApiVersions(List<Api<?>> apis, KafkaPorts ports) {
        List<Api<?>> all = new ArrayList<>(apis);
        all.add(Api.of(
                        ApiKeys.API_VERSIONS,
                        0,
                        5,
                        ApiVersionsRequest.class,
                        new HandleApiVersions(
                                all, ports.catalog(), ports.config().nodeId()))
                .ordered(Order.OVERLAPPING));
        all.sort((a, b) -> Short.compare(a.key().id, b.key().id));
        return all;
    }
}
