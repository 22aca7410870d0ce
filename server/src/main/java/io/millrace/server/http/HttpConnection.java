package io.millrace.server.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// One HTTP connection: whole requests in, whole answers out.
///
/// Owned by: the HTTP loop.
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final HttpPages pages;

    HttpConnection(HttpPages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean understood = request.decoderResult().isSuccess();
        HttpAnswer answer = understood
                ? pages.answer(request.method().name(), request.uri())
                : HttpAnswer.json(400, "{\"error\":\"that is no HTTP request\"}");
        boolean keepAlive = understood && HttpUtil.isKeepAlive(request);
        FullHttpResponse response = response(context, answer, HttpMethod.HEAD.equals(request.method()));
        HttpUtil.setKeepAlive(response, keepAlive);
        ChannelFuture written = context.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static FullHttpResponse response(ChannelHandlerContext context, HttpAnswer answer, boolean headOnly) {
        var body = ByteBufUtil.writeUtf8(context.alloc(), answer.body());
        int length = body.readableBytes();
        if (headOnly) {
            body.clear();
        }
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, length);
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset, or a minute of silence: nobody is left to be told
    }
}
