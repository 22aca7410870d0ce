package io.millrace.server.http;

import io.millrace.console.ManagementApi;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.ApiRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of the management API: one request after another. Who asks is checked on a request's head, so that
/// nobody's body takes memory before he has said who he is; a request that does not arrive whole in time ends the
/// connection. Answers are made on worker threads; nothing is read meanwhile.
///
/// Owned by: the management loop.
final class ManagementConnection extends SimpleChannelInboundHandler<HttpObject> {
    /// As RabbitMQ's: definitions of a large cluster come in one body.
    private static final int BODY_BYTES_MAX = 20_000_000;

    private static final int REQUEST_SECONDS_MAX = 30;
    private static final String REASON = "X-Reason";
    private static final byte[] NOTHING = {};
    private static final ApiAnswer FAULT = ApiAnswer.fault();

    private final ManagementApi api;
    private final Shared shared;
    private @Nullable Arriving arriving;
    private int bodyBytes;
    private boolean closing;
    private @Nullable Arriving answering;

    /// What all connections share.
    ///
    /// @param workers where answers are made
    /// @param bodies what requests take until they are answered
    /// @param unsent what answers take until they are sent
    record Shared(Executor workers, ByteBudget bodies, ByteBudget unsent) {}

    ManagementConnection(ManagementApi api, Shared shared) {
        this.api = api;
        this.shared = shared;
    }

    /// A request whose body is coming.
    private record Arriving(HttpRequest head, ByteArrayOutputStream body, Future<?> deadline) {}

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (closing) {
            return;
        }
        if (part.decoderResult().isFailure()) {
            refuse(context, HttpResponseStatus.BAD_REQUEST);
            return;
        }
        if (answering != null) {
            closing = true; // sent before the answer to the one before was there: nobody needs that, and order is lost
            return;
        }
        if (part instanceof HttpRequest head) {
            begin(context, head);
        }
        if (!closing && part instanceof HttpContent content) {
            add(context, content);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest head) {
        Optional<ApiAnswer> refusal = api.refusal(request(context, head, NOTHING));
        boolean bodyFollows = HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        if (refusal.isPresent() && bodyFollows) {
            closing = true;
            write(context, head, refusal.get(), false);
            return;
        }
        if (HttpUtil.getContentLength(head, 0L) > BODY_BYTES_MAX) {
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        arriving = new Arriving(
                head,
                new ByteArrayOutputStream(),
                context.executor().schedule(() -> context.close(), REQUEST_SECONDS_MAX, TimeUnit.SECONDS));
    }

    /// By loopback, or by an address of this machine that it listens on: what comes from there and goes there never was
    /// on a network. So an operator at the machine makes the first user of a node that has no loopback listener.
    static boolean isFromHere(SocketAddress client, SocketAddress here) {
        return client instanceof InetSocketAddress remote
                && (remote.getAddress().isLoopbackAddress()
                        || here instanceof InetSocketAddress local
                                && remote.getAddress().equals(local.getAddress()));
    }

    private static ApiRequest request(ChannelHandlerContext context, HttpRequest head, byte[] body) {
        return new ApiRequest(
                head.method().name(),
                head.uri(),
                Optional.ofNullable(head.headers().get(HttpHeaderNames.AUTHORIZATION)),
                Optional.ofNullable(head.headers().get(REASON)),
                isFromHere(context.channel().remoteAddress(), context.channel().localAddress()),
                body);
    }

    private void add(ChannelHandlerContext context, HttpContent content) {
        Arriving request = arriving;
        if (request == null) {
            return;
        }
        ByteBuf bytes = content.content();
        int arrived = bytes.readableBytes();
        if (bodyBytes + arrived > BODY_BYTES_MAX) {
            request.deadline().cancel(false);
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        if (!shared.bodies().take(arrived)) {
            request.deadline().cancel(false);
            refuse(context, HttpResponseStatus.SERVICE_UNAVAILABLE);
            return;
        }
        bodyBytes += arrived;
        try {
            bytes.readBytes(request.body(), arrived);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        if (content instanceof LastHttpContent) {
            arriving = null;
            request.deadline().cancel(false);
            answer(context, request);
        }
    }

    /// Nothing is read while a request is answered, so a client can not pile them up.
    private void answer(ChannelHandlerContext context, Arriving request) {
        answering = request;
        context.channel().config().setAutoRead(false);
        Strand worker =
                new Strand(shared.workers(), () -> context.executor().execute(() -> ended(context, request, FAULT)));
        ApiRequest whole = request(context, request.head(), request.body().toByteArray());
        worker.post(() ->
                api.answer(whole, worker, answer -> context.executor().execute(() -> ended(context, request, answer))));
    }

    private void ended(ChannelHandlerContext context, Arriving request, ApiAnswer answer) {
        if (answering != request) {
            return; // a turn broke after the answer was given
        }
        answering = null;
        giveBackBody();
        write(context, request.head(), answer, HttpUtil.isKeepAlive(request.head()) && !closing);
        context.channel().config().setAutoRead(true);
    }

    private void giveBackBody() {
        shared.bodies().giveBack(bodyBytes);
        bodyBytes = 0;
    }

    private void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
        closing = true;
        arriving = null;
        giveBackBody();
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        HttpUtil.setKeepAlive(response, false);
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void write(ChannelHandlerContext context, HttpRequest head, ApiAnswer answer, boolean keepAlive) {
        int unsent = answer.body().length;
        if (!shared.unsent().take(unsent)) {
            refuse(context, HttpResponseStatus.SERVICE_UNAVAILABLE);
            return;
        }
        boolean headOnly = HttpMethod.HEAD.equals(head.method());
        ByteBuf body = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body());
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
        answer.headers().forEach(response.headers()::set);
        if (answer.body().length > 0 && !response.headers().contains(HttpHeaderNames.CONTENT_TYPE)) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        }
        if (answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        HttpUtil.setKeepAlive(response, keepAlive);
        ChannelFuture written = context.writeAndFlush(response);
        written.addListener(_ -> shared.unsent().giveBack(unsent));
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Arriving request = arriving;
        if (request != null) {
            request.deadline().cancel(false);
            arriving = null;
        }
        if (answering == null) {
            giveBackBody(); // a body that is read for an answer is given back by the answer
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset, or a minute of silence: nobody is left to be told
    }
}
