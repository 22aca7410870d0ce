package io.millrace.kafka.session;

import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.state.ProducerIds;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;

/// InitProducerId (key 22), for idempotent producers: a fresh id with epoch 0, whatever id the producer had before.
/// A transactional id is refused with an error clients treat as final, because there is no transaction coordinator yet.
final class HandleInitProducerId implements Handler<InitProducerIdRequest> {
    private static final int NONE = -1;

    private final ProducerIds producerIds;

    HandleInitProducerId(ProducerIds producerIds) {
        this.producerIds = producerIds;
    }

    @Override
    public void handle(InitProducerIdRequest request, RequestContext context, Reply reply) {
        Errors refusal = refusal(request.data());
        if (refusal != Errors.NONE) {
            reply.send(answer(refusal, NONE));
            return;
        }
        producerIds.next(
                granted -> reply.send(answer(ErrorCodes.of(granted.outcome().error()), granted.producerId())));
    }

    private static Errors refusal(InitProducerIdRequestData asked) {
        if (asked.transactionalId() != null) {
            return asked.transactionalId().isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION;
        }
        boolean half = (asked.producerId() == NONE) != (asked.producerEpoch() == NONE);
        return half ? Errors.INVALID_REQUEST : Errors.NONE;
    }

    private static InitProducerIdResponse answer(Errors error, long producerId) {
        return new InitProducerIdResponse(new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(producerId)
                .setProducerEpoch(error == Errors.NONE ? 0 : (short) NONE));
    }
}
