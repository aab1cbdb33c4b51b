"""Every answer to a write tells when a lifecycle rule will end what it has made."""

import requests


def test_all_ways_to_make_an_object_tell_when_it_expires(s3, bucket):
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [
        {"ID": "a week", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 7}}]})
    put = s3.put_object(Bucket=bucket, Key="old/put", Body=b"x")
    told = put["Expiration"]
    assert 'rule-id="a%20week"' in told
    assert s3.copy_object(Bucket=bucket, Key="old/copy", CopySource=f"{bucket}/old/put")["Expiration"] == told
    begun = {"Bucket": bucket, "Key": "old/parts"}
    begun["UploadId"] = s3.create_multipart_upload(**begun)["UploadId"]
    part = s3.upload_part(**begun, PartNumber=1, Body=b"x")
    completed = s3.complete_multipart_upload(
        **begun, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert completed["Expiration"] == told
    form = s3.generate_presigned_post(bucket, "old/form")
    posted = requests.post(form["url"], data=form["fields"], files={"file": b"x"}, timeout=20)
    assert posted.status_code == 204 and posted.headers["x-amz-expiration"] == told
    assert "Expiration" not in s3.copy_object(Bucket=bucket, Key="new", CopySource=f"{bucket}/old/put")
