// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_COROPQ_HPP
#define COROPQ_COROPQ_HPP

// The whole library.

#include <coropq/column_names.hpp>
#include <coropq/connection.hpp>
#include <coropq/credentials.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/engine.hpp>
#include <coropq/error.hpp>
#include <coropq/field.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/mapping.hpp>
#include <coropq/named.hpp>
#include <coropq/options.hpp>
#include <coropq/pool.hpp>
#include <coropq/result.hpp>
#include <coropq/row.hpp>
#include <coropq/sqlstate.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>
#include <coropq/typed_rows.hpp>
#include <coropq/types/array.hpp>
#include <coropq/types/bit_string.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/composite.hpp>
#include <coropq/types/date_time.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/enumeration.hpp>
#include <coropq/types/identifiers.hpp>
#include <coropq/types/network.hpp>
#include <coropq/types/range.hpp>
#include <coropq/types/uuid.hpp>
#include <coropq/types/variant.hpp>
#include <coropq/url.hpp>

#endif
