SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.allow_disposal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.data::jsonb -> 'removed') = 'true'
    AND (OLD.data::jsonb -> 'removed') IS NULL
    AND (NEW.seq, NEW.kind, NEW.number, NEW.form, NEW.form_hash, NEW.recorded_at)
      = (OLD.seq, OLD.kind, OLD.number, OLD.form, OLD.form_hash, OLD.recorded_at)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RAISE EXCEPTION 'the journal is append-only'; END$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.act (
    token_hash text NOT NULL,
    content_hash text NOT NULL,
    seq bigint NOT NULL
);
CREATE TABLE public.attachment (
    sha256 text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.counter (
    prefix text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL
);
CREATE TABLE public.event (
    seq bigint NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    form text NOT NULL,
    form_hash text NOT NULL,
    recorded_at text NOT NULL,
    data text NOT NULL
);
CREATE TABLE public.form_schema (
    hash text NOT NULL,
    form text NOT NULL,
    descriptor text NOT NULL
);
CREATE TABLE public.held_file (
    token_hash text NOT NULL,
    sha256 text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    held_at text NOT NULL,
    rowid bigint NOT NULL
);
ALTER TABLE public.held_file ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.held_file_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
CREATE TABLE public.submission (
    token_hash text NOT NULL,
    content_hash text NOT NULL,
    number text NOT NULL,
    code_hash text NOT NULL,
    seq bigint NOT NULL
);
INSERT INTO public.act VALUES ('598ce60ba524292a47beaf883f8757cd13c758ff7a1f6962f97ac28975fc91bf', 'a9fccc7a01155ae2c360d9dfea24536814138ceb8c4f50d13a30663ae11fa4f6', 3);
INSERT INTO public.attachment VALUES ('00023965829ad187893d5eb1aedff72a9e9e179f2a867e15f90c19b32064eb5a', 'image/png', '\x89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082');
INSERT INTO public.counter VALUES ('KPH', 2020, 1);
INSERT INTO public.counter VALUES ('GY', 2020, 1);
INSERT INTO public.event VALUES (1, 'submitted', 'KPH-2020-001', 'nonconformity', 'e7fc46c0e890b79750354be5e5bd48c53a928443625a1341fb6c27c0fbe9b243', '2020-09-10T02:15:00Z', '{"cells": {"summary": "Hồ sơ đề nghị xác nhận thiếu phiếu kiểm soát", "description": "Ba hồ sơ nộp trong tuần không kèm phiếu kiểm soát.", "unit": "BC", "found_on": "2020-09-10", "source": "self"}, "files": [{"sha256": "00023965829ad187893d5eb1aedff72a9e9e179f2a867e15f90c19b32064eb5a", "name": "ảnh.png", "media_type": "image/png", "size": 67}]}');
INSERT INTO public.event VALUES (2, 'submitted', 'GY-2020-001', 'feedback', '65a1e931c83cd1789c6324a74bccbdbc2142655799c133f9132eea53ddc520b0', '2020-09-10T02:15:00Z', '{"cells": {"kind": "document", "summary": "Đề nghị nêu rõ thời hạn", "content": "Bước 3 chưa nói rõ."}, "files": []}');
INSERT INTO public.event VALUES (3, 'acted', 'KPH-2020-001', 'nonconformity', '072707a33f33dd75acf931688aa0f03e8837575c4b91653c0477fa72e053650e', '2020-09-10T02:15:00Z', '{"cells": {"text": "Đã gọi điện hỏi thêm."}, "files": [], "action": "note", "state": "new", "actor": {"account": "thu.tm", "name": "Trần Minh Thư", "unit": "KHCN", "role": "secretariat", "role_unit": ""}, "workflow": "2242bb593fc2563734038b0cbc5dd54dd01a756c64379f207c18fd817f9e1a4d"}');
INSERT INTO public.form_schema VALUES ('e7fc46c0e890b79750354be5e5bd48c53a928443625a1341fb6c27c0fbe9b243', 'nonconformity', '{"title": "Báo sự không phù hợp", "description": "Phiếu báo sự không phù hợp (phần 1 của phiếu xử lý sự không phù hợp, khắc phục/phòng ngừa).", "page": {"folder": "so/khong-phu-hop", "title": "summary"}, "prefix": "KPH", "template": "BM-HT04.01", "submit": "Gửi phiếu báo", "attachments": true, "anonymous": "anonymous", "retention": "5 năm kể từ ngày đóng phiếu", "next": ["Đơn vị đầu mối xem phiếu trong 2 ngày làm việc và chuyển cho đơn vị có liên quan.", "Đơn vị phân tích nguyên nhân, đề ra hành động; người khác xác minh trước khi đóng phiếu.", "Dùng mã tra cứu để xem phiếu đang ở bước nào."], "sections": [{"name": "what", "title": "Điều chưa phù hợp"}, {"name": "where", "title": "Ở đâu, khi nào"}, {"name": "sender", "title": "Người gửi", "hint": "Không bắt buộc. Để trống hoặc chọn gửi ẩn danh đều được; phiếu vẫn được xử lý như nhau."}], "fields": [{"name": "summary", "title": "Tóm tắt", "description": "Một câu nói điều gì chưa đúng. Câu này hiện trên sổ theo dõi chung: không ghi tên người.", "type": "string", "constraints": {"required": true, "minLength": 10, "maxLength": 150}, "example": "Hồ sơ đề nghị xác nhận không có phiếu kiểm soát", "section": "what", "access": "public"}, {"name": "description", "title": "Mô tả", "description": "Chuyện gì đã xảy ra, trái với yêu cầu hay bước nào, lặp lại hay lần đầu. Không ghi bí mật nhà nước và thông tin riêng của người khác.", "type": "string", "constraints": {"required": true, "minLength": 20, "maxLength": 4000}, "example": "Ba hồ sơ nộp ngày 10/9 không kèm phiếu kiểm soát quá trình giải quyết như bước 2 của quy trình.", "section": "what", "widget": "textarea", "access": "internal"}, {"name": "evidence", "title": "Bằng chứng", "description": "Số hồ sơ, văn bản, biên bản… cho thấy điều này.", "type": "string", "constraints": {"maxLength": 1000}, "example": "Hồ sơ số 12, 15 và 17", "section": "what", "widget": "textarea", "access": "internal"}, {"name": "correction", "title": "Đã xử lý ngay thế nào", "description": "Việc đã làm tức thời để khắc phục hậu quả, nếu có.", "type": "string", "constraints": {"maxLength": 1000}, "example": "Đã bổ sung phiếu cho ba hồ sơ", "section": "what", "widget": "textarea", "access": "internal"}, {"name": "unit", "title": "Đơn vị", "description": "Đơn vị nơi xảy ra sự không phù hợp.", "type": "string", "constraints": {"required": true, "pattern": "[A-ZĐ][A-Za-zĐđ]{1,7}"}, "example": "BC", "section": "where", "access": "public", "choices": {"label": "name"}}, {"name": "document", "title": "Quy trình, tài liệu", "description": "Tài liệu có yêu cầu chưa được đáp ứng; để trống nếu chưa rõ.", "type": "string", "constraints": {"pattern": "(?:TL|QT|BM|HD)-[A-ZĐ][A-Za-zĐđ0-9]*(?:[-.][0-9]+)*"}, "example": "QT-BC-02", "section": "where", "access": "public", "choices": {"where": {"kind": ["system_document", "system_procedure", "operational_procedure"]}, "label": "title", "group": "unit"}}, {"name": "document_revision", "title": "Lần ban hành", "description": "Hai chữ số ghi trên tài liệu, như 01; để trống nếu là bản đang hiệu lực.", "type": "string", "constraints": {"pattern": "[0-9]{2}"}, "example": "01", "section": "where", "access": "public", "inputmode": "numeric"}, {"name": "found_on", "title": "Ngày phát hiện", "description": "Ngày nhận ra sự không phù hợp.", "type": "date", "constraints": {"required": true, "minimum": "2000-01-01"}, "example": "2020-09-10", "section": "where", "access": "public", "not_after": "today"}, {"name": "source", "title": "Nguồn phát hiện", "description": "Nhận ra từ việc gì.", "type": "string", "constraints": {"enum": ["self", "late", "feedback", "inspection", "audit", "review"], "required": true}, "labels": {"self": "Tự phát hiện khi làm việc", "late": "Hồ sơ trễ hạn", "feedback": "Phản ánh, góp ý của tổ chức, công dân", "inspection": "Kiểm tra, đánh giá từ bên ngoài", "audit": "Đánh giá nội bộ", "review": "Xem xét của lãnh đạo"}, "example": "self", "section": "where", "widget": "radio", "access": "public"}, {"name": "finding", "title": "Phát hiện đánh giá", "description": "Phát hiện của đánh giá nội bộ mà phiếu xử lý; do Thư ký ISO ghi.", "type": "string", "constraints": {"pattern": "PH-[0-9]{4}-[0-9]{3,}"}, "example": "PH-2020-001", "section": "where", "access": "public", "by_desk": true}, {"name": "anonymous", "title": "Gửi ẩn danh", "description": "Không lưu họ tên, thư điện tử và địa chỉ máy của người gửi; những gì đã điền ở ba ô dưới đây cũng bị bỏ đi.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "internal"}, {"name": "sender_name", "title": "Họ và tên", "description": "Tên người gửi, để đơn vị đầu mối biết cần hỏi ai.", "type": "string", "constraints": {"maxLength": 100}, "example": "Nguyễn Văn A", "section": "sender", "access": "personal", "autocomplete": "name"}, {"name": "sender_unit", "title": "Đơn vị công tác", "description": "Đơn vị của người gửi.", "type": "string", "constraints": {"pattern": "[A-ZĐ][A-Za-zĐđ]{1,7}"}, "example": "KHCN", "section": "sender", "access": "personal", "choices": {"label": "name"}}, {"name": "sender_email", "title": "Thư điện tử", "description": "Dùng để gửi kết quả, nếu người gửi đồng ý được liên hệ.", "type": "string", "format": "email", "constraints": {"maxLength": 120}, "example": "ten@example.gov.vn", "section": "sender", "access": "personal", "autocomplete": "email"}, {"name": "contact_back", "title": "Đồng ý được liên hệ lại", "description": "Người gửi đồng ý để đơn vị đầu mối liên hệ qua thư điện tử về phiếu này.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "personal"}, {"name": "trial", "title": "Gửi thử", "description": "Chỉ đánh dấu khi tập dùng biểu mẫu: phiếu được ghi là phiếu mẫu, không phải việc thật.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "public"}], "primaryKey": ["number"], "foreignKeys": [{"fields": ["unit"], "reference": {"resource": "units", "fields": ["code"]}}, {"fields": ["document"], "reference": {"resource": "documents", "fields": ["code"]}}, {"fields": ["sender_unit"], "reference": {"resource": "units", "fields": ["code"]}}, {"fields": ["finding"], "reference": {"resource": "findings", "fields": ["code"]}}], "rules": [{"when": "contact_back", "requires": ["sender_email"], "message": "Hãy điền thư điện tử để được liên hệ lại, hoặc bỏ chọn ô đồng ý liên hệ."}]}');
INSERT INTO public.form_schema VALUES ('65a1e931c83cd1789c6324a74bccbdbc2142655799c133f9132eea53ddc520b0', 'feedback', '{"title": "Góp ý, khảo sát hài lòng", "description": "Góp ý về tài liệu, đề xuất cải tiến, phản ánh hoặc lời khen; kèm mức hài lòng nếu muốn.", "page": {"folder": "so/gop-y", "title": "summary"}, "prefix": "GY", "template": "BM-HT06.01", "submit": "Gửi góp ý", "attachments": true, "anonymous": "anonymous", "retention": "3 năm kể từ ngày trả lời", "next": ["Đơn vị đầu mối tiếp nhận và chuyển cho đơn vị chủ trì tài liệu.", "Đơn vị chủ trì trả lời: tiếp thu, tiếp thu một phần hay không tiếp thu, kèm lý do.", "Dùng mã tra cứu để xem góp ý đã được trả lời chưa."], "sections": [{"name": "what", "title": "Nội dung góp ý"}, {"name": "rating", "title": "Mức hài lòng", "hint": "Không bắt buộc. Chấm từ 1 (rất chưa tốt) đến 5 (rất tốt)."}, {"name": "sender", "title": "Người gửi", "hint": "Không bắt buộc. Để trống hoặc chọn gửi ẩn danh đều được; phiếu vẫn được xử lý như nhau."}], "fields": [{"name": "kind", "title": "Loại ý kiến", "description": "Ý kiến thuộc loại nào.", "type": "string", "constraints": {"enum": ["document", "improvement", "reflection", "praise"], "required": true}, "labels": {"document": "Góp ý về tài liệu", "improvement": "Đề xuất cải tiến", "reflection": "Phản ánh", "praise": "Lời khen"}, "example": "document", "section": "what", "widget": "radio", "access": "public"}, {"name": "document", "title": "Quy trình, tài liệu", "description": "Tài liệu được góp ý; để trống nếu góp ý chung.", "type": "string", "constraints": {"pattern": "(?:TL|QT|BM|HD)-[A-ZĐ][A-Za-zĐđ0-9]*(?:[-.][0-9]+)*"}, "example": "QT-HT-04", "section": "what", "access": "public", "choices": {"where": {"kind": ["system_document", "system_procedure", "operational_procedure"]}, "label": "title", "group": "unit"}}, {"name": "document_revision", "title": "Lần ban hành", "description": "Hai chữ số ghi trên tài liệu, như 01; để trống nếu là bản đang hiệu lực.", "type": "string", "constraints": {"pattern": "[0-9]{2}"}, "example": "01", "section": "what", "access": "public", "inputmode": "numeric"}, {"name": "document_section", "title": "Mục, bước", "description": "Mục hoặc bước của tài liệu.", "type": "string", "constraints": {"maxLength": 60}, "example": "Bước 3, mục 5.4", "section": "what", "access": "public"}, {"name": "summary", "title": "Tóm tắt", "description": "Một câu nói ý chính. Câu này hiện trên sổ theo dõi chung: không ghi tên người.", "type": "string", "constraints": {"required": true, "minLength": 10, "maxLength": 150}, "example": "Đề nghị nêu rõ thời hạn trả lời ở bước 3", "section": "what", "access": "public"}, {"name": "content", "title": "Nội dung", "description": "Ý kiến đầy đủ. Không ghi bí mật nhà nước và thông tin riêng của người khác.", "type": "string", "constraints": {"required": true, "minLength": 10, "maxLength": 4000}, "example": "Bước 3 chưa nói rõ đơn vị phải trả lời trong mấy ngày nên mỗi nơi làm một khác.", "section": "what", "widget": "textarea", "access": "internal"}, {"name": "proposal", "title": "Đề xuất", "description": "Nên sửa hoặc làm như thế nào.", "type": "string", "constraints": {"maxLength": 2000}, "example": "Ghi thời hạn 3 ngày làm việc.", "section": "what", "widget": "textarea", "access": "internal"}, {"name": "rating_clarity", "title": "Quy trình, thủ tục rõ ràng", "description": "Tài liệu dễ hiểu, dễ làm theo.", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}, "example": 4, "section": "rating", "widget": "scale", "access": "public"}, {"name": "rating_time", "title": "Thời hạn", "description": "Việc được giải quyết đúng hạn.", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}, "example": 4, "section": "rating", "widget": "scale", "access": "public"}, {"name": "rating_attitude", "title": "Thái độ phục vụ", "description": "Người giải quyết lịch sự, tận tình.", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}, "example": 4, "section": "rating", "widget": "scale", "access": "public"}, {"name": "rating_result", "title": "Kết quả", "description": "Kết quả đúng với yêu cầu.", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}, "example": 4, "section": "rating", "widget": "scale", "access": "public"}, {"name": "rating_listening", "title": "Tiếp nhận ý kiến", "description": "Ý kiến trước đây được lắng nghe.", "type": "integer", "constraints": {"minimum": 1, "maximum": 5}, "example": 4, "section": "rating", "widget": "scale", "access": "public"}, {"name": "anonymous", "title": "Gửi ẩn danh", "description": "Không lưu họ tên, thư điện tử và địa chỉ máy của người gửi; những gì đã điền ở các ô dưới đây cũng bị bỏ đi.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "internal"}, {"name": "for_unit", "title": "Thay mặt đơn vị", "description": "Chỉ chọn khi đây là ý kiến chính thức của đơn vị, như khi trả lời đợt lấy ý kiến; tên đơn vị hiện trên bảng tổng hợp.", "type": "string", "constraints": {"pattern": "[A-ZĐ][A-Za-zĐđ]{1,7}"}, "example": "BC", "section": "sender", "access": "public", "identifies": true, "choices": {"label": "name"}}, {"name": "sender_name", "title": "Họ và tên", "description": "Tên người gửi, để đơn vị đầu mối biết cần hỏi ai.", "type": "string", "constraints": {"maxLength": 100}, "example": "Nguyễn Văn A", "section": "sender", "access": "personal", "autocomplete": "name"}, {"name": "sender_unit", "title": "Đơn vị công tác", "description": "Đơn vị của người gửi.", "type": "string", "constraints": {"pattern": "[A-ZĐ][A-Za-zĐđ]{1,7}"}, "example": "KHCN", "section": "sender", "access": "personal", "choices": {"label": "name"}}, {"name": "sender_email", "title": "Thư điện tử", "description": "Dùng để gửi kết quả, nếu người gửi đồng ý được liên hệ.", "type": "string", "format": "email", "constraints": {"maxLength": 120}, "example": "ten@example.gov.vn", "section": "sender", "access": "personal", "autocomplete": "email"}, {"name": "contact_back", "title": "Đồng ý được liên hệ lại", "description": "Người gửi đồng ý để đơn vị đầu mối liên hệ qua thư điện tử về phiếu này.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "personal"}, {"name": "trial", "title": "Gửi thử", "description": "Chỉ đánh dấu khi tập dùng biểu mẫu: phiếu được ghi là phiếu mẫu, không phải việc thật.", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"], "constraints": {"required": false}, "example": "false", "section": "sender", "access": "public"}], "primaryKey": ["number"], "foreignKeys": [{"fields": ["document"], "reference": {"resource": "documents", "fields": ["code"]}}, {"fields": ["sender_unit"], "reference": {"resource": "units", "fields": ["code"]}}, {"fields": ["for_unit"], "reference": {"resource": "units", "fields": ["code"]}}], "rules": [{"when": "contact_back", "requires": ["sender_email"], "message": "Hãy điền thư điện tử để được liên hệ lại, hoặc bỏ chọn ô đồng ý liên hệ."}]}');
INSERT INTO public.form_schema VALUES ('072707a33f33dd75acf931688aa0f03e8837575c4b91653c0477fa72e053650e', 'note', '{"title": "Ghi chú nội bộ", "description": "Trao đổi trong những người xử lý; không hiện ra ngoài.", "submit": "Ghi chú", "attachments": true, "sections": [{"name": "main", "title": "Ghi chú nội bộ"}], "fields": [{"name": "text", "title": "Ghi chú", "description": "Người gửi và người đọc cổng không thấy.", "type": "string", "constraints": {"required": true, "minLength": 3, "maxLength": 2000}, "example": "Đã gọi điện hỏi thêm ngày 12/9.", "section": "main", "widget": "textarea", "access": "internal"}]}');
INSERT INTO public.held_file OVERRIDING SYSTEM VALUE VALUES ('45cff27d0197fde36ab245dbbf637306a2f5d3038946972ad8ac083b42c12e8d', '00023965829ad187893d5eb1aedff72a9e9e179f2a867e15f90c19b32064eb5a', 'cho.png', 'image/png', '\x89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082', '2020-09-10T02:15:00+00:00', 1);
INSERT INTO public.schema_version VALUES (2);
INSERT INTO public.submission VALUES ('855b23e4c624ce5f6b49afb9713e1d31b59b6278499fb14aec25bc12f874b032', 'c6addd37265550d8da1e09c34f0b52afab1be7d23b4a9c1c6d4c3aa62560724c', 'KPH-2020-001', '9bf13df1ae7df89018a8e1debc444a0b90a3949a25f1e79ba8be6bdb4f9e309f', 1);
INSERT INTO public.submission VALUES ('cd26e2c6435f20c5292297e7f6b666426e02fae0d58d25a1e0a4734a1555843f', '547132ddac670018ccef2e8ad64f34fdca545c632135555fd8082102a4bce7dc', 'GY-2020-001', '93dc319a0428b783ad946a8a6866498d0964db45d3d4109cdef0d8790856f290', 2);
SELECT pg_catalog.setval('public.held_file_rowid_seq', 1, true);
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_seq_key UNIQUE (seq);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (prefix, year);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.form_schema
    ADD CONSTRAINT form_schema_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.held_file
    ADD CONSTRAINT held_file_pkey PRIMARY KEY (token_hash, sha256);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_number_key UNIQUE (number);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_seq_key UNIQUE (seq);
CREATE INDEX event_by_form ON public.event USING btree (form, seq);
CREATE INDEX event_by_number ON public.event USING btree (number, seq);
CREATE TRIGGER event_is_never_changed BEFORE DELETE OR UPDATE ON public.event FOR EACH ROW EXECUTE FUNCTION public.allow_disposal();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_seq_fkey FOREIGN KEY (seq) REFERENCES public.event(seq);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_form_hash_fkey FOREIGN KEY (form_hash) REFERENCES public.form_schema(hash);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_seq_fkey FOREIGN KEY (seq) REFERENCES public.event(seq);
