package io.millrace.server.config;

/// What listeners with TLS show and trust: PEM files.
///
/// @param certificateFile the node's certificate and those between it and its authority; empty without TLS
/// @param keyFile its private key (PKCS#8), not encrypted
/// @param clientCaFile authorities whose clients may log in by their certificates; empty for nobody
public record TlsConfig(String certificateFile, String keyFile, String clientCaFile) {
    public static final TlsConfig NONE = new TlsConfig("", "", "");
}
