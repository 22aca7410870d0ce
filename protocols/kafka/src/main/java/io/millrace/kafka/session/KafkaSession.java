package io.millrace.kafka.session;

import io.millrace.broker.quota.Quotas;
import io.millrace.broker.quota.Traffic;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.codec.RequestDecoder;
import io.millrace.kafka.codec.RequestHead;
import io.millrace.kafka.codec.ResponseEncoder;
import io.millrace.model.Clock;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.jspecify.annotations.Nullable;

/// One connection's state machine: frames in, responses out in the order of the requests.
///
/// Each request takes a slot in a queue; slots leave at the head once they are answered. A request that must not
/// overlap with what is still unanswered ([Api.Order]) is parked with its frame, and so is everything behind it, until
/// its turn comes.
///
/// Owned by: the loop of the connection.
/// Invariant: requests start in the order they arrived; responses leave in the order they arrived.
public final class KafkaSession implements FrameSession {
    private final Apis apis;
    private final Peer peer;
    private final Output output;
    private final RequestMetrics metrics;
    private final Clock clock;
    private final Quotas quotas;
    private final int inFlightMax;

    private final Deque<Slot> slots = new ArrayDeque<>();
    private final Deque<Parked> parked = new ArrayDeque<>();
    private int unanswered;
    private boolean aloneRunning;
    private boolean startingParked;
    private boolean heldBack;
    private boolean closed;

    public KafkaSession(Apis apis, Peer peer, Output output, Surroundings around) {
        this.apis = apis;
        this.peer = peer;
        this.output = output;
        this.metrics = around.metrics();
        this.clock = around.clock();
        this.quotas = around.quotas();
        this.inFlightMax = around.inFlightMax();
    }

    @Override
    public boolean wantsMore() {
        boolean wants = !closed && parked.isEmpty() && !aloneRunning && slots.size() < inFlightMax;
        heldBack = !wants;
        return wants;
    }

    @Override
    public boolean owesAnswers() {
        for (Slot slot : slots) {
            if (slot.onAbandoned == null) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onFrame(ByteBuffer frame, Lease lease) {
        if (closed) {
            return;
        }
        int frameBytes = frame.remaining();
        switch (RequestDecoder.head(frame)) {
            case Decoded.Malformed<RequestHead>(String why) -> close(why);
            case Decoded.Complete<RequestHead>(RequestHead head) -> onHead(head, frame, frameBytes, lease);
        }
    }

    @Override
    public void onClose() {
        closed = true;
        while (!parked.isEmpty()) {
            parked.poll().lease().release();
        }
        while (!slots.isEmpty()) {
            slots.poll().abandon();
        }
    }

    private void onHead(RequestHead head, ByteBuffer body, int frameBytes, Lease lease) {
        Api<?> api = apis.find(head.apiKey());
        if (api == null) {
            close("request for API " + head.apiKey() + ", which is not offered here");
        } else if (!api.serves(head.apiVersion()) && api.key() != ApiKeys.API_VERSIONS) {
            close(api.key() + " version " + head.apiVersion() + " is not served here");
        } else if (parked.isEmpty() && mayStart(api)) {
            start(api, head, body, frameBytes, lease);
        } else {
            lease.retain();
            parked.add(new Parked(api, head, body, frameBytes, lease));
            hurry();
        }
    }

    /// An action may answer its request, and so change what is under way.
    private void hurry() {
        for (Slot slot : List.copyOf(slots)) {
            Runnable action = slot.onHurried;
            if (action != null && !slot.answered) {
                slot.onHurried = null;
                action.run();
            }
        }
    }

    private boolean mayStart(Api<?> api) {
        if (unanswered == 0) {
            return true;
        }
        if (aloneRunning) {
            return false;
        }
        return switch (api.order()) {
            case ALONE -> false;
            case OVERLAPPING -> true;
            case ONE_AT_A_TIME -> !isRunning(api);
        };
    }

    private boolean isRunning(Api<?> api) {
        for (Slot slot : slots) {
            if (slot.api == api && !slot.answered) {
                return true;
            }
        }
        return false;
    }

    private void start(Api<?> api, RequestHead head, ByteBuffer body, int frameBytes, Lease lease) {
        boolean unknownVersion = !api.serves(head.apiVersion());
        // Only ApiVersions gets here with a version nobody serves. Its body can not be read and its answer has the
        // layout of version 0.
        Decoded<AbstractRequest> decoded = unknownVersion
                ? new Decoded.Complete<>(
                        new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0, head.apiVersion()))
                : RequestDecoder.body(api.key(), head.apiVersion(), body);
        switch (decoded) {
            case Decoded.Malformed<AbstractRequest>(String why) -> close(why);
            case Decoded.Complete<AbstractRequest>(AbstractRequest request) -> {
                short version = unknownVersion ? 0 : head.apiVersion();
                Slot slot = new Slot(api, version, head, frameBytes, clock.monotonicNs());
                slots.add(slot);
                unanswered++;
                aloneRunning = api.order() == Api.Order.ALONE;
                slot.countRequest();
                handle(
                        api,
                        request,
                        new RequestContext(peer, head.clientId(), version, head.correlationId(), clock.wallMs(), lease),
                        slot);
            }
        }
    }

    /// A fault in a handler leaves its request without an answer and must not reach who answered the request before it:
    /// it ends here, and with it the connection.
    private void handle(Api<?> api, AbstractRequest request, RequestContext context, Slot slot) {
        try {
            api.handle(request, context, slot);
        } catch (RuntimeException | Error fault) {
            fail("a fault while handling " + api.key(), fault);
        }
    }

    private void onAnswered(Slot slot) {
        unanswered--;
        if (slot.api.order() == Api.Order.ALONE) {
            aloneRunning = false;
        }
        flush();
        startParked();
        if (heldBack && wantsMore()) {
            output.resume();
        }
    }

    private void flush() {
        while (!closed && !slots.isEmpty() && slots.peek().answered) {
            slots.poll().leave();
        }
    }

    private void startParked() {
        if (startingParked) {
            return;
        }
        startingParked = true;
        try {
            while (!closed && !parked.isEmpty() && mayStart(parked.peek().api())) {
                Parked next = parked.poll();
                try {
                    start(next.api(), next.head(), next.body(), next.frameBytes(), next.lease());
                } finally {
                    next.lease().release();
                }
            }
        } finally {
            startingParked = false;
        }
    }

    private void fail(String why, Throwable fault) {
        onClose();
        output.fail(why, fault);
    }

    private void close(String why) {
        if (!closed) {
            onClose();
            output.close(why);
        }
    }

    private record Parked(Api<?> api, RequestHead head, ByteBuffer body, int frameBytes, Lease lease) {}

    /// One request's place in the order of responses.
    private final class Slot implements Reply {
        private final Api<?> api;
        private final short version;
        private final RequestHead head;
        private final int requestBytes;
        private final long arrivedNs;
        private boolean answered;
        private int throttleMs;
        private @Nullable EncodedResponse response;
        private @Nullable Runnable onAbandoned;
        private @Nullable Runnable onHurried;

        Slot(Api<?> api, short version, RequestHead head, int requestBytes, long arrivedNs) {
            this.api = api;
            this.version = version;
            this.head = head;
            this.requestBytes = requestBytes;
            this.arrivedNs = arrivedNs;
        }

        @Override
        public void send(AbstractResponse answer) {
            answerOnce();
            if (throttleMs > 0) {
                answer.maybeSetThrottleTimeMs(throttleMs);
            }
            EncodedResponse encoded = encode(answer);
            if (encoded == null) {
                return;
            }
            if (closed) {
                encoded.release();
            } else {
                response = encoded;
                onAnswered(this);
            }
        }

        /// Null when it can not be encoded; the connection is closed then, and who answered is none the wiser.
        private @Nullable EncodedResponse encode(AbstractResponse answer) {
            try {
                return ResponseEncoder.encode(answer, head.correlationId(), version);
            } catch (RuntimeException | Error fault) {
                fail("a fault while answering " + api.key(), fault);
                return null;
            }
        }

        @Override
        public void nothing() {
            answerOnce();
            if (!closed) {
                onAnswered(this);
            }
        }

        /// What is sent counts when it comes: requests behind it in the pipeline must not slip through while it is
        /// stored. Its answer leaves as soon as there is one, and says for how long the client is to be silent
        /// (KIP-219).
        void countRequest() {
            if (quotas != Quotas.NONE && api.key() == ApiKeys.PRODUCE) {
                silence(quotas.charge(Traffic.PRODUCE, peer.principal(), head.clientId(), requestBytes, arrivedNs));
            }
        }

        @Override
        public boolean mayCarry(long recordBytes) {
            if (quotas == Quotas.NONE) {
                return true;
            }
            int ms = quotas.admit(Traffic.FETCH, peer.principal(), head.clientId(), recordBytes, clock.monotonicNs());
            silence(ms);
            return ms == 0;
        }

        @Override
        public long carriesAtMost() {
            return quotas.bytesAtOnce(Traffic.FETCH, peer.principal(), head.clientId());
        }

        /// Clients that do not do as they are told, or are too old to be told, are not listened to for that time.
        private void silence(int ms) {
            throttleMs = ms;
            if (ms > 0 && !closed) {
                output.mute(ms);
            }
        }

        @Override
        public void close(String why) {
            answerOnce();
            KafkaSession.this.close(why);
        }

        @Override
        public void onAbandoned(Runnable action) {
            if (answered) {
                return;
            }
            if (closed) {
                action.run();
            } else {
                onAbandoned = action;
            }
        }

        @Override
        public void onHurried(Runnable action) {
            if (!answered && !closed) {
                if (parked.isEmpty()) {
                    onHurried = action;
                } else {
                    action.run();
                }
            }
        }

        private void answerOnce() {
            if (answered) {
                throw new InvariantViolation("second answer to " + api.key());
            }
            answered = true;
            onAbandoned = null;
            onHurried = null;
        }

        private void leave() {
            EncodedResponse encoded = response;
            response = null;
            long responseBytes = 0;
            if (encoded != null) {
                responseBytes = encoded.sizeBytes();
                output.send(encoded);
            }
            metrics.onRequest(api.key(), version, requestBytes, responseBytes, clock.monotonicNs() - arrivedNs);
        }

        private void abandon() {
            EncodedResponse encoded = response;
            response = null;
            if (encoded != null) {
                encoded.release();
            }
            Runnable action = onAbandoned;
            onAbandoned = null;
            if (action != null) {
                action.run();
            }
        }
    }
}
