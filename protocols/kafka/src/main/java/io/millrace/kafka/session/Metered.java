package io.millrace.kafka.session;

import io.millrace.broker.quota.Quotas;
import io.millrace.broker.quota.Traffic;
import io.millrace.model.Principal;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;

/// What of a request counts against a client's quotas: a Produce by its size, a Fetch by the records it is answered
/// with, everything else not at all.
final class Metered {
    private Metered() {}

    /// Takes note of a Produce.
    ///
    /// @return milliseconds the client must be silent, as for [Quotas#charge]
    static int produced(
            Quotas quotas, ApiKeys api, Principal principal, String clientId, int requestBytes, long nowNs) {
        return api == ApiKeys.PRODUCE ? quotas.charge(Traffic.PRODUCE, principal, clientId, requestBytes, nowNs) : 0;
    }

    /// Takes note of an answer with records.
    ///
    /// @return milliseconds the client must be silent, as for [Quotas#charge]
    static int fetched(Quotas quotas, AbstractResponse answer, Principal principal, String clientId, long nowNs) {
        return answer instanceof FetchResponse fetch
                ? quotas.charge(Traffic.FETCH, principal, clientId, recordBytes(fetch), nowNs)
                : 0;
    }

    private static long recordBytes(FetchResponse fetch) {
        long bytes = 0;
        for (FetchableTopicResponse topic : fetch.data().responses()) {
            for (PartitionData partition : topic.partitions()) {
                bytes += FetchResponse.recordsSize(partition);
            }
        }
        return bytes;
    }
}
