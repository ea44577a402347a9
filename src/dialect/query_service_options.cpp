// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credential_provider.hpp>
#include <coropq/query_service.hpp>

#include <utility>

namespace coropq::query_service {

template <typename Change>
engine_options& engine_options::change(Change&& apply) {
    connect_options connect = options_.connect();
    apply(connect);
    options_.connect(std::move(connect));
    return *this;
}

engine_options::engine_options(coropq::engine_options base) : options_(std::move(base)) {
    options_.dialect(dialect::query_service);
    change([](connect_options& connect) { connect.dialect(dialect::query_service); }); // for who takes these alone
}

engine_options& engine_options::sessions(std::size_t limit) {
    pool_options pool = options_.pool();
    pool.size(limit);
    options_.pool(std::move(pool));
    return *this;
}

engine_options& engine_options::auto_to_json(bool on) {
    return change([on](connect_options& connect) { connect.auto_to_json(on); });
}

engine_options& engine_options::root_certificates(std::string_view file) {
    return change([file](connect_options& connect) { connect.connect_arg("sslrootcert", file); });
}

engine_options& engine_options::credentials(const credential_provider& provider) {
    return change([&provider](connect_options& connect) { connect.credentials(provider); });
}

engine_options& engine_options::statement_timeout(std::chrono::milliseconds limit) {
    return change([limit](connect_options& connect) {
        statement_options statements = connect.statements();
        connect.statements(statements.timeout(limit));
    });
}

engine_options& engine_options::application_name(std::string_view name) {
    return change([name](connect_options& connect) { connect.application_name(name); });
}

} // namespace coropq::query_service
