// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_COROPQ_HPP
#define COROPQ_COROPQ_HPP

// The whole library.

#include <coropq/advisory_lock.hpp>
#include <coropq/column_names.hpp>
#include <coropq/connection.hpp>
#include <coropq/credential_provider.hpp>
#include <coropq/credentials.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/dialect.hpp>
#include <coropq/engine.hpp>
#include <coropq/error.hpp>
#include <coropq/fan_out.hpp>
#include <coropq/field.hpp>
#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/diff.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/inspect/text.hpp>
#include <coropq/mapping.hpp>
#include <coropq/named.hpp>
#include <coropq/options.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/pool.hpp>
#include <coropq/query_service.hpp>
#include <coropq/result.hpp>
#include <coropq/row.hpp>
#include <coropq/sqlstate.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/transaction.hpp>
#include <coropq/typed_rows.hpp>
#include <coropq/types/all.hpp>
#include <coropq/url.hpp>

#endif
