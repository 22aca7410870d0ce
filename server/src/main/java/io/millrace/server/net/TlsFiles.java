package io.millrace.server.net;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import javax.net.ssl.SSLException;

/// PEM files to what a TLS listener works with, by the JDK's own TLS.
public final class TlsFiles {
    private TlsFiles() {}

    /// @param clientCa empty when clients are not asked for certificates
    /// @throws IOException naming what can not be used
    public static SslContext read(String certificate, String key, String clientCa) throws IOException {
        SslContextBuilder builder;
        try {
            builder = SslContextBuilder.forServer(new File(certificate), new File(key));
        } catch (IllegalArgumentException unusable) {
            throw new IOException(
                    "can not use tls.certificate-file " + certificate + " with tls.key-file " + key
                            + " (PEM, the key as PKCS#8 without a password): " + unusable.getMessage(),
                    unusable);
        }
        if (!clientCa.isEmpty()) {
            try {
                builder.trustManager(new File(clientCa)).clientAuth(ClientAuth.OPTIONAL);
            } catch (IllegalArgumentException unusable) {
                throw new IOException(
                        "can not use tls.client-ca-file " + clientCa + ": " + unusable.getMessage(), unusable);
            }
        }
        try {
            return builder.sslProvider(SslProvider.JDK).build();
        } catch (SSLException unusable) {
            throw new IOException("can not offer TLS with " + certificate + ": " + unusable.getMessage(), unusable);
        }
    }
}
